using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Core.Health;

/// <summary>Registers the watch over all instances.</summary>
public static class HealthServiceCollectionExtensions
{
    /// <summary>Adds the health monitor, running as long as the process, with <see cref="HealthMonitorOptions"/>, and <see cref="IHealthChecker"/>. Needs <c>AddLoadBalancing</c> for the shared random.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration) =>
        services.AddHealthMonitor(configuration).AddHostedService<HealthMonitorHost>();

    /// <summary>The same without running it: for a process that watches only at times.</summary>
    internal static IServiceCollection AddHealthMonitor(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HealthMonitorOptions>().Bind(configuration.GetSection(HealthMonitorOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IInstanceProbe, McpInstanceProbe>();
        services.TryAddSingleton<InstanceProber>();
        services.TryAddSingleton<HealthAnnouncer>();
        services.TryAddSingleton<HealthMonitor>();
        services.TryAddSingleton<IHealthChecker>(provider => provider.GetRequiredService<HealthMonitor>());
        return services;
    }
}
