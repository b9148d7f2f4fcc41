using McpRegistry.Core.Buffers;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Limits;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.Cluster.Reserved;
using McpRegistry.Core.Discovery;
using McpRegistry.Core.Discovery.Trust;
using McpRegistry.Core.Health;
using McpRegistry.Core.LastKnown;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Limits;
using McpRegistry.Core.State;
using McpRegistry.Core.State.Admission;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

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
        services.AddAdmission(configuration);
        services.AddLastKnownCatalogs(configuration);
        if (configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 }) services.AddCluster(configuration);
        else services.AddSqliteStore(configuration).AddHostedService<RegistryStartup>();
        services.TryAddSingleton<IReplicaDirectory, LoneReplica>();
        services.TryAddSingleton<RelaySeal>();
        services.AddCalls();
        services.TryAddSingleton(OwnFiles);
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
        services.AddAdmission(configuration);
        services.AddRegistrySync(configuration);
        services.TryAddSingleton(OwnFiles);
        services.AddFileDiscovery(configuration);
        services.AddEndpointDiscovery();
        services.AddHealthMonitor(configuration);
        return services.AddLeader();
    }

    // What a program must not be able to write to, and where it is noted what was approved.
    private static GatewayFiles OwnFiles(IServiceProvider provider)
    {
        try { return new GatewayFiles(Path.GetDirectoryName(StoragePath.Of(provider.GetRequiredService<IOptions<StorageOptions>>().Value))) { Write = (path, content) => PrivateFiles.Write(path, content) }; }
        catch (RegistryStoreException) { return new GatewayFiles(null); }
    }

    internal static IServiceCollection AddUpstreams(this IServiceCollection services)
    {
        services.AddByteBudget();
        services.AddStdioUpstream();
        services.AddHttpUpstream();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReservedEndpoints, RedisReservation>());
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

    internal static IServiceCollection AddAdmission(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ProgramOptions>().Bind(configuration.GetSection(ProgramOptions.Section));
        return services.AddSingleton<AdmissionRule>();
    }

    internal static IServiceCollection AddState(this IServiceCollection services)
    {
        services.AddOptions<CatalogOptions>().BindConfiguration(CatalogOptions.Section).ValidateDataAnnotations().ValidateOnStart();
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
