using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

internal sealed class LeastRequestsPolicy(Random random) : ILoadBalancingPolicy
{
    public string Name => LoadBalancingPolicyNames.LeastRequests;

    public InstanceState Pick(ReadOnlySpan<InstanceState> candidates)
    {
        // Looking from a random place on, or every tie, and so all traffic of a quiet service, would go to the first.
        var start = random.Next(candidates.Length);
        var least = candidates[start];
        for (var i = 1; i < candidates.Length; i++)
        {
            var candidate = candidates[(start + i) % candidates.Length];
            if (candidate.Load.InFlight < least.Load.InFlight) least = candidate;
        }

        return least;
    }
}
