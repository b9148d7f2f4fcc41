using McpRegistry.Core.Buffers;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Discovery;
using McpRegistry.Core.Health;
using McpRegistry.Core.LastKnown;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Limits;
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
    /// <summary>Adds everything that a gateway needs: store, file, health, upstreams, calls. With <c>ConnectionStrings:redis</c> the store is shared with other processes.</summary>
    public static IServiceCollection AddRegistryCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddLoadBalancing();
        services.AddRegistration();
        services.AddUpstreams();
        services.AddState();
        services.AddLastKnownCatalogs(configuration);
        if (configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 }) services.AddCluster(configuration);
        else services.AddSqliteStore(configuration).AddHostedService<RegistryStartup>();
        services.TryAddSingleton<IReplicaDirectory, LoneReplica>();
        services.AddCalls();
        // Hosted services start in this order: stored services, the file's, those of service discovery, then the watch over all of them.
        services.AddFileDiscovery(configuration);
        services.AddEndpointDiscovery();
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
        services.AddUpstreams();
        services.AddState();
        services.AddRegistrySync(configuration);
        services.AddFileDiscovery(configuration);
        services.AddEndpointDiscovery();
        services.AddHealthMonitor(configuration);
        return services.AddLeader();
    }

    internal static IServiceCollection AddUpstreams(this IServiceCollection services)
    {
        services.AddByteBudget();
        services.AddStdioUpstream();
        services.AddHttpUpstream();
        services.AddSingleton<UpstreamNotificationFeed>();
        services.AddSingleton<IUpstreamNotificationFeed>(provider => provider.GetRequiredService<UpstreamNotificationFeed>());
        services.TryAddSingleton<IInstanceClientFactory, InstanceClientFactory>();
        return services;
    }

    internal static IServiceCollection AddCalls(this IServiceCollection services)
    {
        services.TryAddSingleton<CallDrain>();
        return services.AddSingleton<ICallDispatcher, CallDispatcher>();
    }

    internal static IServiceCollection AddState(this IServiceCollection services)
    {
        services.AddOptions<RegistrationOptions>().BindConfiguration(RegistrationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RegistryState>();
        services.AddSingleton<CatalogReader>();
        services.AddSingleton<ICatalogRefresher, CatalogRefresher>();
        services.AddSingleton<GatewayIdentity>();
        services.AddSingleton<InstanceBuilder>();
        services.AddSingleton<InstanceRetirement>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceRetirement>());
        services.TryAddSingleton<RegistryFreshness>();
        services.AddSingleton<OwnWrites>();
        services.AddSingleton<LiveRegistrations>();
        services.AddSingleton<ServiceRegistry>();
        return services.AddSingleton<IServiceRegistry>(provider => provider.GetRequiredService<ServiceRegistry>());
    }
}
