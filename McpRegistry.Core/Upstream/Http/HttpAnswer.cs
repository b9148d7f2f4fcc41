using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>What came back for one POST, before it is judged by status and era.</summary>
internal sealed record HttpAnswer
{
    /// <summary>Why there is no complete answer. Null: there is a status, and the body was read.</summary>
    public UpstreamOutcome? Failure { get; init; }

    /// <summary>True when a failed request may have reached the upstream.</summary>
    public bool WasSent { get; init; }

    /// <summary>The failure in words, for the log.</summary>
    public string? Detail { get; init; }

    /// <summary>True when the failure is the gateway's own doing (<see cref="UpstreamException.IsOurOwn"/>).</summary>
    public bool IsOurOwn { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; init; }

    /// <summary>The body. Null: nobody looked at it.</summary>
    public PooledBytes? Body { get; init; }

    /// <summary>The parts of the JSON-RPC answer in <see cref="Body"/>, where it can be read. Null: it holds none, or one to another request.</summary>
    public JsonRpcResponse? Message { get; init; }

    /// <summary>Whom the answer names.</summary>
    public Addressee Names { get; init; }

    /// <summary><c>Retry-After</c>. Null: not said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why a redirect was not followed, in words. Null: it is none.</summary>
    public string? Redirect { get; init; }

    /// <summary>True when the answer is the event stream of HTTP+SSE, which is opened by GET.</summary>
    public bool IsLegacySse { get; init; }

    /// <summary><c>Mcp-Session-Id</c>. Null: none was given.</summary>
    public string? SessionId { get; init; }

    public ReadOnlySpan<byte> Result => Message is { } message ? message.Result.Of(Body!.Span) : default;

    public ReadOnlySpan<byte> Error => Message is { } message ? message.Error.Of(Body!.Span) : default;

    public static HttpAnswer Lost(UpstreamOutcome failure, string detail, int status = 0) => new() { Failure = failure, WasSent = true, Detail = detail, Status = status };

    public static HttpAnswer NotSent(UpstreamOutcome failure, string detail) => new() { Failure = failure, Detail = detail };
}
