using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Core;

/// <summary>Registers a gateway in front of one service.</summary>
public static class OneServiceServiceCollectionExtensions
{
    /// <summary>Adds what <see cref="RegistryCoreServiceCollectionExtensions.AddRegistryCore"/> adds, for one service that never changes: nothing is stored and no file is read.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The settings of upstreams and health.</param>
    /// <param name="registration">The service, found to be valid.</param>
    public static IServiceCollection AddOneServiceCore(this IServiceCollection services, IConfiguration configuration, ServiceRegistration registration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddLoadBalancing();
        services.AddRegistration();
        services.AddSingleton<IRegistryStore>(new OneServiceStore(registration));
        services.AddUpstreams();
        services.AddState();
        services.AddHostedService<RegistryStartup>();
        services.AddCalls();
        return services.AddHealth(configuration);
    }
}
