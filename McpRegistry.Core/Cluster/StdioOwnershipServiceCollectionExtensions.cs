using McpRegistry.Core.Calls;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Registers what gives each pinned stdio service one owner among the replicas.</summary>
internal static class StdioOwnershipServiceCollectionExtensions
{
    /// <summary>Adds it to a gateway. Needs <see cref="ILeaseStore"/>, <see cref="ISharedRegistry"/> and <see cref="IReplicaDirectory"/>.</summary>
    public static IServiceCollection AddStdioOwnership(this IServiceCollection services)
    {
        services.AddSingleton<StdioOwners>();
        services.AddSingleton<IInstancePlacement>(provider => provider.GetRequiredService<StdioOwners>());
        services.AddSingleton<IOwnerWait, OwnerWait>();
        services.AddSingleton<InstanceClientFactory>();
        services.AddSingleton<IInstanceClientFactory, OwnerRelayClientFactory>();
        services.AddSingleton(provider => new OwnerLeaseTerms(
            provider.GetRequiredService<ILeaseStore>(),
            () => provider.GetRequiredService<ISharedRegistry>().IsUp,
            provider.GetRequiredService<IReplicaDirectory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Random>(),
            provider.GetRequiredService<ILogger<OwnerLease>>()));
        services.AddSingleton<OwnerMoveParts>();
        return services.AddHostedService<StdioOwnership>();
    }
}
