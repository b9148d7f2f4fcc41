using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Calls;

/// <summary>When a failed attempt may be followed by another: at most once unless known safe.</summary>
internal static class FailoverRule
{
    /// <summary>The most attempts for one call.</summary>
    public const int MaxAttempts = 3;

    /// <summary>True when the attempt provably executed nothing (P0).</summary>
    public static bool IsNotDispatched(UpstreamOutcome outcome) =>
        outcome is UpstreamOutcome.ConnectFailed or UpstreamOutcome.Refused or UpstreamOutcome.Overloaded;

    /// <summary>True when the attempt may have executed the call although no answer came (P1), so that only a safe call goes on.</summary>
    public static bool IsAmbiguous(UpstreamOutcome outcome) =>
        outcome is UpstreamOutcome.SentButNoAnswer or UpstreamOutcome.ProtocolError;

    /// <summary>What the client is told when this was the last attempt.</summary>
    public static ErrorCode ToErrorCode(UpstreamReply reply) => reply.RefusalStatus switch
    {
        401 or 403 => ErrorCode.UpstreamUnauthorized,
        429 => ErrorCode.UpstreamRateLimited,
        _ => ToErrorCode(reply.Outcome),
    };

    private static ErrorCode ToErrorCode(UpstreamOutcome outcome) => outcome switch
    {
        UpstreamOutcome.ConnectFailed or UpstreamOutcome.Refused => ErrorCode.UpstreamUnreachable,
        UpstreamOutcome.Overloaded or UpstreamOutcome.NoRoom => ErrorCode.Overloaded,
        UpstreamOutcome.ProtocolError => ErrorCode.UpstreamProtocolError,
        UpstreamOutcome.ResponseTooLarge => ErrorCode.ResponseTooLarge,
        UpstreamOutcome.Invalid => ErrorCode.InvalidArguments,
        UpstreamOutcome.Cancelled => ErrorCode.Cancelled,
        _ => ErrorCode.UpstreamFailed,
    };
}
