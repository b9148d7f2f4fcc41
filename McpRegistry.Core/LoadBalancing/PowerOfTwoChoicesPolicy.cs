using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

internal sealed class PowerOfTwoChoicesPolicy(Random random) : ILoadBalancingPolicy
{
    public string Name => LoadBalancingPolicyNames.PowerOfTwoChoices;

    public InstanceState Pick(ReadOnlySpan<InstanceState> candidates)
    {
        if (candidates.Length == 1) return candidates[0];
        var (one, other) = RandomPair.Of(candidates, random);
        return other.Load.InFlight < one.Load.InFlight ? other : one;
    }
}
