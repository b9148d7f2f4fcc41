using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Discovery;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Core;

/// <summary>Registers the registry and the gateway behind the faces.</summary>
public static class RegistryCoreServiceCollectionExtensions
{
    /// <summary>Adds everything that one process on one machine needs: store, file, health, upstreams, calls.</summary>
    public static IServiceCollection AddRegistryCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddLoadBalancing();
        services.AddRegistration();
        services.AddSqliteStore(configuration);
        if (configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 }) services.AddCluster(configuration);
        services.TryAddSingleton<IReplicaDirectory, LoneReplica>();
        services.AddUpstreams();
        services.AddState();
        services.AddSingleton<ICallDispatcher, CallDispatcher>();
        // Hosted services start in this order: stored services, then the file's, then the watch over all of them.
        services.AddFileDiscovery(configuration);
        return services.AddHealth(configuration);
    }

    /// <summary>
    /// Adds what a worker needs: the same registrations, watched while this process leads, and no calls. It keeps them in the Redis of
    /// <c>ConnectionStrings:redis</c>, and starts no child processes.
    /// </summary>
    public static IServiceCollection AddRegistryWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddLoadBalancing();
        services.AddRegistration();
        services.AddOptions<RedisOptions>()
            .Validate(
                _ => configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 },
                $"ConnectionStrings:{RedisOptions.ConnectionName} is not set. A worker watches for gateways that share a Redis; a gateway without one watches for itself.")
            .ValidateOnStart();
        services.AddRedisStore(configuration);
        services.AddUpstreams();
        services.AddState();
        services.AddFileDiscovery(configuration);
        services.AddHealthMonitor(configuration);
        return services.AddLeader();
    }

    private static IServiceCollection AddUpstreams(this IServiceCollection services)
    {
        services.AddStdioUpstream();
        services.AddHttpUpstream();
        services.AddSingleton<UpstreamNotificationFeed>();
        services.AddSingleton<IUpstreamNotificationFeed>(provider => provider.GetRequiredService<UpstreamNotificationFeed>());
        services.TryAddSingleton<IInstanceClientFactory, InstanceClientFactory>();
        return services;
    }

    private static IServiceCollection AddState(this IServiceCollection services)
    {
        services.AddSingleton<RegistryState>();
        services.AddSingleton<CatalogReader>();
        services.AddSingleton<ICatalogRefresher, CatalogRefresher>();
        services.AddSingleton<InstanceBuilder>();
        services.AddSingleton<InstanceRetirement>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceRetirement>());
        services.AddSingleton<ServiceRegistry>();
        services.AddSingleton<IServiceRegistry>(provider => provider.GetRequiredService<ServiceRegistry>());
        return services.AddHostedService<RegistryStartup>();
    }
}
