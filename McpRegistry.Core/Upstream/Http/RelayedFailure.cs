using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// The error by which a bridge or another gateway of ours says that the server behind it gave no answer:
/// <code>{"code":-32000,"message":"…","data":{"code":"upstream_failed","service":"x","attempts":1,"maybe_executed":true}}</code>
/// It is no answer of the server, and what may be done after it depends on what it says, as if there were no hop in between.
/// </summary>
internal static class RelayedFailure
{
    private const int Code = -32000;

    private static readonly string[] Failures =
        ["draining", "no_healthy_instance", "overloaded", "upstream_failed", "upstream_protocol_error", "upstream_rate_limited", "upstream_timeout",
        "upstream_unauthorized", "upstream_unreachable"];

    /// <summary>Whether the call may have been executed. Null: the error is the server's own.</summary>
    public static bool? MaybeExecuted(ReadOnlySpan<byte> error)
    {
        if (JsonRpcErrors.CodeOf(error) != Code) return null;
        using var document = JsonDocument.Parse(JsonUnicode.Mend(error), new JsonDocumentOptions { MaxDepth = int.MaxValue });
        if (!document.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object) return null;
        if (!data.TryGetProperty("code", out var code) || code.ValueKind != JsonValueKind.String || !Failures.Contains(code.GetString())) return null;
        if (!data.TryGetProperty("maybe_executed", out var maybe)) return null;
        return maybe.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };
    }
}
