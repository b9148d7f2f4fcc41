namespace McpRegistry.Core.LoadBalancing;

/// <summary>Makes the policy of a name, one for each service, since a policy may remember its last pick.</summary>
/// <param name="Name">The name it is chosen by in a registration.</param>
/// <param name="Create">Makes a fresh policy.</param>
public sealed record LoadBalancingPolicyFactory(string Name, Func<ILoadBalancingPolicy> Create);
