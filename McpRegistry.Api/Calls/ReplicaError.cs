using System.Text.Json;

using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Json;

namespace McpRegistry.Api.Calls;

/// <summary>
/// What another replica said of a call that we sent on to it, as a problem of our own:
/// <code>{"code":-32000,"message":"…","data":{"code":"upstream_timeout","maybe_executed":true,"retry_after_ms":1000}}</code>
/// </summary>
internal static class ReplicaError
{
    /// <summary>The problem. Null: it is an error of the service itself, which the replica passed on.</summary>
    public static Problem? Read(CallOutcome outcome, ReadOnlyMemory<byte> error)
    {
        using var document = JsonDocument.Parse(JsonUnicode.Sound(error), new JsonDocumentOptions { MaxDepth = int.MaxValue });
        if (!document.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object) return null;
        if (!data.TryGetProperty("code", out var name) || name.ValueKind != JsonValueKind.String) return null;
        if (!data.TryGetProperty("maybe_executed", out var executed) || executed.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return null;
        if (ErrorCodes.FromWireName(name.GetString()) is not { } code) return null;
        return ProblemMap.Of(outcome) with
        {
            Code = code,
            MaybeExecuted = executed.GetBoolean(),
            RetryAfter = RetryAfterOf(data),
        };
    }

    private static TimeSpan? RetryAfterOf(JsonElement data) =>
        data.TryGetProperty("retry_after_ms", out var wait) && wait.ValueKind == JsonValueKind.Number && wait.TryGetInt32(out var milliseconds) && milliseconds >= 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
}
