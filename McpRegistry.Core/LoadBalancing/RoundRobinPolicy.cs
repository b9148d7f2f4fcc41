using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

internal sealed class RoundRobinPolicy : ILoadBalancingPolicy
{
    private uint _next = uint.MaxValue;

    public string Name => LoadBalancingPolicyNames.RoundRobin;

    public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[(int)(Interlocked.Increment(ref _next) % (uint)candidates.Length)];
}
