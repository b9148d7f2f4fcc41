using System.Diagnostics;
using System.Text.Json;

using McpRegistry.Core.Calls;

namespace McpRegistry.Mcp;

/// <summary>The one place where the closed list of codes becomes JSON-RPC errors.</summary>
internal static class McpErrors
{
    public static RpcError UnknownMethod { get; } = new(RpcError.MethodNotFound, "There is no such method.");

    /// <summary>Of a call that got no answer.</summary>
    public static RpcError Of(CallOutcome outcome)
    {
        var code = outcome.Failure ?? ErrorCode.UpstreamFailed;
        var trace = TraceId();
        return new RpcError(code.JsonRpcCode(), outcome.Detail ?? code.Sentence())
        {
            Data = data =>
            {
                data.WriteString("code"u8, code.WireName());
                data.WriteString("service"u8, outcome.Service);
                if (outcome.InstanceId is not null) data.WriteString("instance"u8, outcome.InstanceId);
                data.WriteNumber("attempts"u8, outcome.Attempts);
                data.WriteBoolean("maybe_executed"u8, outcome.MaybeExecuted);
                if (outcome.RetryAfter is { } wait) data.WriteNumber("retry_after_ms"u8, (long)wait.TotalMilliseconds);
                if (trace is not null) data.WriteString("trace_id"u8, trace);
            },
        };
    }

    /// <summary>Of a request that did not get as far as a call.</summary>
    /// <param name="code">What is wrong.</param>
    /// <param name="message">A sentence that says it better than the code's own. Null: the code's own.</param>
    /// <param name="service">The service it was about. Null: none.</param>
    public static RpcError Of(ErrorCode code, string? message = null, string? service = null)
    {
        var trace = TraceId();
        return new RpcError(code.JsonRpcCode(), message ?? code.Sentence()) { Data = data => WriteData(data, code, service, trace) };
    }

    /// <summary>Of params that are not what the method takes.</summary>
    public static RpcError InvalidParams(string message) =>
        new(RpcError.InvalidParams, message) { IsBadRequest = true, Data = data => WriteData(data, ErrorCode.InvalidArguments, null, null) };

    /// <summary>Of headers that do not say what the body says.</summary>
    public static RpcError HeaderMismatch(string message) => new(RpcError.HeaderMismatch, message);

    public static RpcError UnsupportedVersion(string requested) => new(RpcError.UnsupportedVersion, "Unsupported protocol version")
    {
        Data = data =>
        {
            data.WriteStartArray("supported"u8);
            foreach (var version in McpVersions.All) data.WriteStringValue(version);
            data.WriteEndArray();
            data.WriteString("requested"u8, requested);
        },
    };

    /// <summary>Answers a request that got no further than its HTTP side or its envelope.</summary>
    /// <param name="http">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <param name="id">The raw id, where it could be read.</param>
    public static async Task RefuseAsync(HttpContext http, int status, RpcError error, ReadOnlyMemory<byte> id = default)
    {
        var body = Message(error, id);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>The whole message of an error.</summary>
    public static byte[] Message(RpcError error, ReadOnlyMemory<byte> id) =>
        [.. EnvelopeParts.Start, .. id.IsEmpty ? "null"u8 : id.Span, .. EnvelopeParts.Error.Span, .. error.ToJson().Span, (byte)'}'];

    private static void WriteData(Utf8JsonWriter data, ErrorCode code, string? service, string? trace)
    {
        data.WriteString("code"u8, code.WireName());
        if (service is not null) data.WriteString("service"u8, service);
        if (trace is not null) data.WriteString("trace_id"u8, trace);
    }

    private static string? TraceId() => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null;
}
