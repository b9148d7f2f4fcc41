using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Discovery;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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
        services.AddUpstreams();
        services.AddState();
        services.AddSingleton<ICallDispatcher, CallDispatcher>();
        // Hosted services start in this order: stored services, the file's, those of service discovery, then the watch over all of them.
        services.AddFileDiscovery(configuration);
        services.AddEndpointDiscovery();
        return services.AddHealth(configuration);
    }

    private static IServiceCollection AddUpstreams(this IServiceCollection services)
    {
        services.AddStdioUpstream();
        services.AddHttpUpstream();
        services.AddSingleton<UpstreamNotificationFeed>();
        services.AddSingleton<IUpstreamNotificationFeed>(provider => provider.GetRequiredService<UpstreamNotificationFeed>());
        return services.AddSingleton<IInstanceClientFactory, InstanceClientFactory>();
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
