using System.Buffers.Binary;
using System.Security.Cryptography;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Core.LoadBalancing;

/// <summary>Adds load balancing.</summary>
public static class LoadBalancingServiceCollectionExtensions
{
    /// <summary>Adds the built-in policies, the set of all policies, and the <see cref="Random"/> that everything shares.</summary>
    public static IServiceCollection AddLoadBalancing(this IServiceCollection services)
    {
        services.TryAddSingleton<Random>(_ => new ConcurrentRandom(BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)))));
        services.TryAddSingleton<LoadBalancingPolicySet>();
        return services
            .AddLoadBalancingPolicy(LoadBalancingPolicyNames.PowerOfTwoChoices, provider => new PowerOfTwoChoicesPolicy(provider.GetRequiredService<Random>()))
            .AddLoadBalancingPolicy(LoadBalancingPolicyNames.RoundRobin, _ => new RoundRobinPolicy())
            .AddLoadBalancingPolicy(LoadBalancingPolicyNames.LeastRequests, provider => new LeastRequestsPolicy(provider.GetRequiredService<Random>()))
            .AddLoadBalancingPolicy(LoadBalancingPolicyNames.Random, provider => new RandomPolicy(provider.GetRequiredService<Random>()))
            .AddLoadBalancingPolicy(LoadBalancingPolicyNames.FirstAlphabetical, _ => new FirstAlphabeticalPolicy())
            .AddLoadBalancingPolicy(LoadBalancingPolicyNames.LatencyAware, provider => new LatencyAwarePolicy(provider.GetRequiredService<Random>()));
    }

    /// <summary>Adds one more policy; registrations choose it by name.</summary>
    public static IServiceCollection AddLoadBalancingPolicy(this IServiceCollection services, string name, Func<IServiceProvider, ILoadBalancingPolicy> create) =>
        services.AddSingleton(provider => new LoadBalancingPolicyFactory(name, () => create(provider)));
}
