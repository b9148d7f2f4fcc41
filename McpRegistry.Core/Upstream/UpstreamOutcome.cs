namespace McpRegistry.Core.Upstream;

/// <summary>What became of one attempt, and so whether another may follow (docs/architecture.md, "At most once").</summary>
public enum UpstreamOutcome
{
    /// <summary>P2: a complete JSON-RPC result or error came. It is passed on, never retried.</summary>
    Answered,

    /// <summary>P0: nothing was sent: refused, no route, TLS failure, child not running.</summary>
    ConnectFailed,

    /// <summary>P0: the upstream refused before execution: 401, 403, 404 of an unknown session, 405, 406, 413, 415, 421, 429, -32020, -32022.</summary>
    Refused,

    /// <summary>P0: our own limit for the instance was reached before sending.</summary>
    Overloaded,

    /// <summary>P1: sent, then reset, closed, 5xx or the child died, before the answer was complete.</summary>
    SentButNoAnswer,

    /// <summary>P1: the answer was not JSON-RPC.</summary>
    ProtocolError,

    /// <summary>P1: the answer was larger than the limit; it was executed, so nothing is tried again.</summary>
    ResponseTooLarge,

    /// <summary>P1: the answer came, and this process had no room for it (<c>McpRegistry:Buffers:MaxBytes</c>); it was executed, so nothing is tried again.</summary>
    NoRoom,

    /// <summary>The caller asked for what cannot be sent: the request is at fault, not the instance, and any other instance would get the same.</summary>
    Invalid,

    /// <summary>The caller's token ended the wait. <see cref="UpstreamReply.WasSent"/> tells whether it may have been executed.</summary>
    Cancelled,
}
