using McpRegistry.Core.State;

namespace McpRegistry.Core.LoadBalancing;

/// <summary>A named way to choose one instance among those that may get the call.</summary>
public interface ILoadBalancingPolicy
{
    /// <summary>The name it is chosen by in a registration.</summary>
    string Name { get; }

    /// <summary>Picks one. Never called with none; must be safe to call from many threads.</summary>
    InstanceState Pick(ReadOnlySpan<InstanceState> candidates);
}
