using McpRegistry.Core.State;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Registers leases, and what the worker that leads tells the gateways.</summary>
internal static class LeaderServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ILeaseStore"/>.</summary>
    public static IServiceCollection AddLeases(this IServiceCollection services)
    {
        services.TryAddSingleton<ILeaseStore, RedisLeases>();
        return services;
    }

    /// <summary>Adds what a gateway needs to take the advice of the worker that leads.</summary>
    public static IServiceCollection AddSharedHealth(this IServiceCollection services)
    {
        services.AddBoards();
        services.AddHostedService<SharedHealthReader>();
        return services.AddHostedService<SharedCatalogReader>();
    }

    /// <summary>Adds what makes a process a worker that leads when it can. Needs the health monitor, not running.</summary>
    public static IServiceCollection AddLeader(this IServiceCollection services)
    {
        services.AddLeases();
        services.AddBoards();
        services.AddSingleton<IInstancePlacement, LeaderPlacement>();
        services.AddSingleton(provider => new LeaderConnections(ActivatorUtilities.CreateInstance<InstanceClientFactory>(provider)));
        services.AddSingleton<IInstanceClientFactory>(provider => provider.GetRequiredService<LeaderConnections>());
        services.AddSingleton<SharedHealthWriter>();
        services.AddSingleton<SharedCatalogWriter>();
        services.AddSingleton<LeaderDuties>();
        services.AddSingleton(provider => new LeaseHolder(
            provider.GetRequiredService<ILeaseStore>(), LeaderLease.Name, ReplicaId.New(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LeaseHolder>>()));
        services.AddSingleton<ILeaderStanding, LeaderStanding>();
        return services.AddHostedService<LeaderHost>();
    }

    private static void AddBoards(this IServiceCollection services)
    {
        services.TryAddSingleton<ISharedHealth, RedisHealthBoard>();
        services.TryAddSingleton<ISharedCatalogs, RedisCatalogBoard>();
    }
}
