using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>
/// The meaning of a plain HTTP answer for a call. Nothing but a status whose definition says so proves that a call was not
/// executed; whatever else the service says is its answer, and an answer is never followed by another attempt.
/// </summary>
internal static class PlainJudge
{
    /// <summary>Judges. Takes ownership of the body.</summary>
    public static UpstreamReply Judge(in PlainAnswer answer, PlainTool tool)
    {
        var http = answer.Http;
        if (http.Failure is not null) return Failed(http);
        switch (http.Status)
        {
            case >= 200 and < 300:
                return PlainResults.Called(answer);
            // "See other": the work is done, its result is elsewhere (RFC 9110, 15.4.4).
            case 303 when tool.Method != HttpMethod.Get && tool.Method != HttpMethod.Head:
                return PlainResults.Said(answer, $"HTTP 303: done; the result is at {answer.Location ?? "an address that it does not name"}", isError: false);
            // The method and the body would have to be sent again, so nothing was done with them (15.4.8, 15.4.9).
            case 307 or 308:
                http.Body?.Dispose();
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, http.Redirect ?? $"HTTP {http.Status}");
            case < 400:
                return PlainResults.Said(answer, $"HTTP {http.Status}: it redirects to {answer.Location ?? "nowhere"}, which is not followed; the call may have been executed", isError: true);
            // "Has not been applied because it lacks valid credentials" (15.5.2).
            case 401:
                http.Body?.Dispose();
                return UpstreamReply.RefusedWith(http.Status, http.RetryAfter);
            // "Not able to produce a response" for us (15.5.20).
            case 421:
                http.Body?.Dispose();
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, $"HTTP {http.Status}", isAlive: true, http.RetryAfter);
            case 408 or 502 or 503 or 504:
                http.Body?.Dispose();
                return UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, $"HTTP {http.Status}", http.RetryAfter);
            default:
                return PlainResults.Failed(answer);
        }
    }

    /// <summary>There is no complete answer.</summary>
    public static UpstreamReply Failed(HttpAnswer answer) => answer.Failure switch
    {
        UpstreamOutcome.Cancelled => UpstreamReply.Cancelled(answer.WasSent),
        { } failure when answer.WasSent => UpstreamReply.Lost(failure, answer.Detail!),
        { } failure => UpstreamReply.NotSent(failure, answer.Detail!),
        null => throw new InvalidOperationException("The answer is complete."),
    };
}
