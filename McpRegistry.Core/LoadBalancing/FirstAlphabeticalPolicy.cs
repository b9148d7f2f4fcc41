using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

internal sealed class FirstAlphabeticalPolicy : ILoadBalancingPolicy
{
    public string Name => LoadBalancingPolicyNames.FirstAlphabetical;

    public InstanceState Pick(ReadOnlySpan<InstanceState> candidates)
    {
        var first = candidates[0];
        foreach (var candidate in candidates[1..])
            if (string.CompareOrdinal(candidate.InstanceId, first.InstanceId) < 0) first = candidate;
        return first;
    }
}
