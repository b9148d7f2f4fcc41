using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>The meaning of a plain HTTP answer for a call.</summary>
internal static class PlainJudge
{
    /// <summary>Judges. Takes ownership of the body.</summary>
    public static UpstreamReply Judge(in HttpAnswer answer, PlainTool tool)
    {
        if (answer.Failure is not null) return Failed(answer);
        var detail = $"HTTP {answer.Status}";
        switch (answer.Status)
        {
            case >= 200 and < 300:
                return PlainResults.Called(answer.Body!);
            case 401 or 403 or 429:
                answer.Body?.Dispose();
                return UpstreamReply.RefusedWith(answer.Status, answer.RetryAfter);
            case < 400:
                answer.Body?.Dispose();
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, answer.Redirect ?? $"{detail}: redirects are not followed");
            case 405:
            case 404 when !tool.NamesAResource:
                answer.Body?.Dispose();
                return UpstreamReply.NotSent(UpstreamOutcome.Refused, detail);
            case 502 or 503 or 504:
                answer.Body?.Dispose();
                return UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail);
            default:
                return PlainResults.Failed(answer.Status, answer.Body!);
        }
    }

    /// <summary>There is no complete answer.</summary>
    public static UpstreamReply Failed(in HttpAnswer answer) => answer.Failure switch
    {
        UpstreamOutcome.Cancelled => UpstreamReply.Cancelled(answer.WasSent),
        { } failure when answer.WasSent => UpstreamReply.Lost(failure, answer.Detail!),
        { } failure => UpstreamReply.NotSent(failure, answer.Detail!),
        null => throw new InvalidOperationException("The answer is complete."),
    };
}
