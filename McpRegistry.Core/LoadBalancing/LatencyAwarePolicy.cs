using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

internal sealed class LatencyAwarePolicy(Random random) : ILoadBalancingPolicy
{
    // With more candidates a look at all of them costs more than it gains, and sends every caller to the same best one at once.
    private const int FewEnoughToCompareAll = 4;
    private const int ExploreOneIn = 32;
    private const double UnprovenMilliseconds = 1e9;

    public string Name => LoadBalancingPolicyNames.LatencyAware;

    public InstanceState Pick(ReadOnlySpan<InstanceState> candidates)
    {
        if (candidates.Length == 1) return candidates[0];
        // The average of an instance that gets no calls never changes: without this, one slow minute would shut it out for good.
        if (random.Next(ExploreOneIn) == 0) return candidates[random.Next(candidates.Length)];
        if (candidates.Length <= FewEnoughToCompareAll) return BestOf(candidates);
        var (one, other) = RandomPair.Of(candidates, random);
        return ScoreOf(other) < ScoreOf(one) ? other : one;
    }

    private InstanceState BestOf(ReadOnlySpan<InstanceState> candidates)
    {
        var start = random.Next(candidates.Length);
        var best = candidates[start];
        var bestScore = ScoreOf(best);
        for (var i = 1; i < candidates.Length; i++)
        {
            var candidate = candidates[(start + i) % candidates.Length];
            var score = ScoreOf(candidate);
            if (score < bestScore) (best, bestScore) = (candidate, score);
        }

        return best;
    }

    // A new instance gets one call at a time until its first answer: its score says "instant" and would draw every call there is.
    private static double ScoreOf(InstanceState candidate)
    {
        var load = candidate.Load;
        return load.AverageMilliseconds == 0 && load.InFlight > 0 ? UnprovenMilliseconds * load.InFlight : load.Score;
    }
}
