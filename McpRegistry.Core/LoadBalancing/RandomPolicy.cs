using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

internal sealed class RandomPolicy(Random random) : ILoadBalancingPolicy
{
    public string Name => LoadBalancingPolicyNames.Random;

    public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[random.Next(candidates.Length)];
}
