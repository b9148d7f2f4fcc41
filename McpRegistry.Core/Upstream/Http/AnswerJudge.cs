using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>The meaning of an HTTP answer for a call: P0, P1 or P2 (docs/architecture.md, "At most once").</summary>
internal static class AnswerJudge
{
    /// <summary>Judges. Takes ownership of the body. Null: the upstream does not know our session; nothing was executed.</summary>
    /// <remarks>
    /// An answer that names our request is the answer, whatever its status and words: what is said about a request comes after
    /// it was taken. Only what names nobody may stand before the tool, and so mean that nothing was executed.
    /// </remarks>
    public static UpstreamReply? Judge(HttpAnswer answer, HttpLink link)
    {
        if (answer.Failure is { } failure) return Failed(answer, failure);
        if (RelayedFailure.MaybeExecuted(answer.Error) is { } maybeExecuted) return Relayed(answer, maybeExecuted);
        var reply = answer.Names switch
        {
            Addressee.Us => JudgeOurs(answer),
            Addressee.Another => UpstreamReply.Lost(UpstreamOutcome.ProtocolError, $"HTTP {answer.Status}: its answer is to another request, or damaged"),
            _ when link.SessionId is not null && LostSession.IsCertain(answer) => null,
            _ => JudgeStatus(answer, link),
        };
        if (reply is null || reply.Outcome != UpstreamOutcome.Answered) answer.Body?.Dispose();
        return reply;
    }

    private static UpstreamReply Failed(HttpAnswer answer, UpstreamOutcome failure) => failure switch
    {
        UpstreamOutcome.Cancelled => UpstreamReply.Cancelled(answer.WasSent),
        _ when answer.WasSent => UpstreamReply.Lost(failure, answer.Detail!),
        _ => UpstreamReply.NotSent(failure, answer.Detail!),
    };

    private static UpstreamReply Relayed(HttpAnswer answer, bool maybeExecuted)
    {
        const string detail = "the server behind it gave no answer";
        answer.Body?.Dispose();
        return maybeExecuted
            ? UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail)
            : UpstreamReply.NotSent(UpstreamOutcome.Refused, detail, retryAfter: answer.RetryAfter);
    }

    private static UpstreamReply JudgeOurs(HttpAnswer answer) => answer.Message is { } message
        ? UpstreamReply.Answered(answer.Body!, message)
        : UpstreamReply.Lost(UpstreamOutcome.ProtocolError, $"HTTP {answer.Status}: the answer is no valid JSON-RPC");

    private static UpstreamReply JudgeStatus(HttpAnswer answer, HttpLink link)
    {
        var detail = $"HTTP {answer.Status}";
        switch (answer.Status)
        {
            case 401 or 403 or 429:
                return UpstreamReply.RefusedWith(answer.Status, answer.RetryAfter);
            // 421: another replica runs the service. It says so before anything is executed, whatever else it says.
            case 405 or 406 or 413 or 415 or 421:
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, detail);
            // These would have to be sent again as they are, so nothing was done with them (RFC 9110, 15.4.8); what is followed was followed.
            case 307 or 308:
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, answer.Redirect ?? detail);
            // "See other" says that it was done, and the others of the kind are used as if they were it (15.4.4).
            case >= 300 and < 400:
                return UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, answer.Redirect ?? detail);
            case >= 500:
                return UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail);
        }

        if (IsRefusal(answer, link)) return UpstreamReply.NotSent(UpstreamOutcome.Refused, "HTTP 400: the request's revision or headers were not taken");
        if (answer.Message is { } message) return UpstreamReply.Answered(answer.Body!, message);
        return answer.Status switch
        {
            // With words of its own it may be the tool's.
            404 or 410 when answer.Body is { Length: > 0 } => UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail),
            // Answered by something that never came to the MCP endpoint.
            404 or 410 or 411 or 414 or 417 or 426 or 431 => UpstreamReply.NotSent(UpstreamOutcome.Refused, detail),
            408 => UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail),
            _ => UpstreamReply.Lost(UpstreamOutcome.ProtocolError, $"{detail} without a JSON-RPC answer"),
        };
    }

    // These codes are the protocol's own, for what is looked at before the request is given to anybody; with them goes the
    // status 400. With any other status it is somebody else's error that has the same number.
    private static bool IsRefusal(HttpAnswer answer, HttpLink link) =>
        answer.Status == 400 && link.Era == ProtocolEra.Modern && JsonRpcErrors.CodeOf(answer.Error) is HeaderMismatch or UnsupportedProtocolVersion;

    /// <summary>True when a modern instance answers as if it were none: it was replaced by an older one, or its endpoint moved.</summary>
    public static bool DeniesModern(HttpAnswer answer, HttpLink link) =>
        link.Era == ProtocolEra.Modern && answer.Failure is null
        && (JsonRpcErrors.CodeOf(answer.Error) == UnsupportedProtocolVersion || (answer.Status is 404 or 405 && answer.Names == Addressee.Nobody && answer.Message is null));

    /// <summary>-32020: header and body say different things.</summary>
    public const int HeaderMismatch = -32020;

    /// <summary>-32021: the request lacks a client capability.</summary>
    public const int MissingClientCapability = -32021;

    /// <summary>-32022: the revision is not spoken.</summary>
    public const int UnsupportedProtocolVersion = -32022;
}
