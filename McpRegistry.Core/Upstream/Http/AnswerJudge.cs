using System.Text;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>The meaning of an HTTP answer for a call: P0, P1 or P2 (docs/architecture.md, "At most once").</summary>
internal static class AnswerJudge
{
    /// <summary>Judges. Takes ownership of the body. Null: the upstream does not know our session; nothing was executed.</summary>
    public static UpstreamReply? Judge(in HttpAnswer answer, HttpLink link)
    {
        if (answer.Failure is { } failure) return Failed(answer, failure);
        if (answer.Status is 200 or >= 500 && RelayedFailure.MaybeExecuted(answer.Error) is { } maybeExecuted) return Relayed(answer, maybeExecuted);
        if (answer.Status == 200 && answer.Message is { } message && !IsRefusal(answer, link)) return UpstreamReply.Answered(answer.Body!, message);
        var sessionIsGone = link.SessionId is not null && IsUnknownSession(answer);
        var reply = sessionIsGone ? null : JudgeStatus(answer, link);
        if (reply is null || reply.Outcome != UpstreamOutcome.Answered) answer.Body?.Dispose();
        return reply;
    }

    private static UpstreamReply Failed(in HttpAnswer answer, UpstreamOutcome failure) => failure switch
    {
        UpstreamOutcome.Cancelled => UpstreamReply.Cancelled(answer.WasSent),
        _ when answer.WasSent => UpstreamReply.Lost(failure, answer.Detail!),
        _ => UpstreamReply.NotSent(failure, answer.Detail!),
    };

    private static UpstreamReply Relayed(in HttpAnswer answer, bool maybeExecuted)
    {
        const string detail = "the server behind it gave no answer";
        answer.Body?.Dispose();
        return maybeExecuted
            ? UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail)
            : UpstreamReply.NotSent(UpstreamOutcome.Refused, detail, retryAfter: answer.RetryAfter);
    }

    private static UpstreamReply JudgeStatus(in HttpAnswer answer, HttpLink link)
    {
        var detail = $"HTTP {answer.Status}";
        switch (answer.Status)
        {
            case 401 or 403 or 429:
                return UpstreamReply.RefusedWith(answer.Status, answer.RetryAfter);
            // 421: another replica runs the service. It says so before anything is executed, whatever else it says.
            case 405 or 406 or 413 or 415 or 421:
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, detail);
            case >= 300 and < 400:
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, answer.Redirect ?? $"{detail}: redirects are not followed");
            case >= 500:
                return answer is { Message: { } own, NamesOurRequest: true } && !own.Error.IsEmpty
                    ? UpstreamReply.Answered(answer.Body!, own)
                    : UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail);
        }

        if (IsRefusal(answer, link)) return UpstreamReply.NotSent(UpstreamOutcome.Refused, $"{detail}: the request's revision or headers were not taken");
        if (answer.Message is { } message) return UpstreamReply.Answered(answer.Body!, message);
        return answer.Status switch
        {
            // Answered by something that never came to the MCP endpoint.
            404 or 410 or 411 or 414 or 417 or 426 or 431 => UpstreamReply.NotSent(UpstreamOutcome.Refused, detail),
            408 => UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail),
            _ => UpstreamReply.Lost(UpstreamOutcome.ProtocolError, $"{detail} without a JSON-RPC answer"),
        };
    }

    private static bool IsRefusal(in HttpAnswer answer, HttpLink link) =>
        link.Era == ProtocolEra.Modern && JsonRpcErrors.CodeOf(answer.Error) is HeaderMismatch or UnsupportedProtocolVersion;

    // 404 is the rule; servers built on older SDKs say 400 and only the text tells.
    private static bool IsUnknownSession(in HttpAnswer answer)
    {
        if (answer.Status == 404) return true;
        return answer is { Status: 400, Body: { Length: > 0 and < 4096 } body } && ContainsSession(body.Span);
    }

    private static bool ContainsSession(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body).Contains("session", StringComparison.OrdinalIgnoreCase);

    /// <summary>True when a modern instance answers as if it were none: it was replaced by an older one, or its endpoint moved.</summary>
    public static bool DeniesModern(in HttpAnswer answer, HttpLink link) =>
        link.Era == ProtocolEra.Modern && answer.Failure is null
        && (JsonRpcErrors.CodeOf(answer.Error) == UnsupportedProtocolVersion || (answer.Status is 404 or 405 && answer.Message is null));

    /// <summary>-32020: header and body say different things.</summary>
    public const int HeaderMismatch = -32020;

    /// <summary>-32021: the request lacks a client capability.</summary>
    public const int MissingClientCapability = -32021;

    /// <summary>-32022: the revision is not spoken.</summary>
    public const int UnsupportedProtocolVersion = -32022;
}
