namespace McpRegistry.Core.State;

/// <summary>
/// Bounds how many lost calls of one service are sent again: each call earns a fifth of a retry, so that an outage costs
/// at most 1.2 × the offered load (Envoy's retry budget of 20 %, kept as a token bucket like gRPC's throttling).
/// A failover before anything was sent is free: it is the first execution, not a second.
/// </summary>
public sealed class RetryBudget
{
    private const int CostOfRetry = 5;
    private const int EarnedByCall = 1;
    private const int Full = 100 * CostOfRetry;
    private int _tokens = 10 * CostOfRetry;

    /// <summary>A call came.</summary>
    public void Earn()
    {
        // Once full, nothing is written and no cache line bounces.
        for (var tokens = Volatile.Read(ref _tokens); tokens < Full;)
        {
            var seen = Interlocked.CompareExchange(ref _tokens, tokens + EarnedByCall, tokens);
            if (seen == tokens) return;
            tokens = seen;
        }
    }

    /// <summary>Takes what one retry costs; false when there is not enough.</summary>
    public bool TrySpend()
    {
        while (true)
        {
            var tokens = Volatile.Read(ref _tokens);
            if (tokens < CostOfRetry) return false;
            if (Interlocked.CompareExchange(ref _tokens, tokens - CostOfRetry, tokens) == tokens) return true;
        }
    }
}
