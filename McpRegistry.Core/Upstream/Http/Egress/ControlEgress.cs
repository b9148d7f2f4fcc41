using Microsoft.Extensions.Http.Resilience;

using Polly;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>
/// The way out for control traffic that may be asked for again: a GET that failed for a moment is sent once more, when the upstream
/// wishes it. Never for calls: of them the dispatcher alone decides about another attempt.
/// </summary>
internal static class ControlEgress
{
    // Whoever is asked to wait longer gives up; what reads lists and connects has a pace of its own.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>The same way out, with up to two more attempts. Holds nothing that must be given back.</summary>
    public static EgressLease Over(EgressLease egress, TimeProvider time, Random random)
    {
        var retry = new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(250),
            Randomizer = random.NextDouble,
            ShouldHandle = attempt => ValueTask.FromResult(!attempt.Context.CancellationToken.IsCancellationRequested && IsPassing(attempt.Outcome, time)),
        };
        retry.DisableForUnsafeHttpMethods();
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }.AddRetry(retry).Build();
        return new EgressLease(new HttpMessageInvoker(new ResilienceHandler(pipeline) { InnerHandler = new LeaseHandler(egress) }), proxied: null, giveBack: () => { });
    }

    private static bool IsPassing(Outcome<HttpResponseMessage> outcome, TimeProvider time)
    {
        if (outcome.Result is not { } response) return outcome.Exception is { } failure && SendFailures.IsExpected(failure) && !SendFailures.IsOurOwn(failure);
        return HttpClientResiliencePredicates.IsTransient(outcome) && !(RetryAfterHeader.Read(response, time) > LongestWait);
    }

    private sealed class LeaseHandler(EgressLease egress) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => egress.SendAsync(request, cancellationToken);
    }
}
