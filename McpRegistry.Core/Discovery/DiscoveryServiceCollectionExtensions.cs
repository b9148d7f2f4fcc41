using McpRegistry.Core.Discovery.Trust;
using McpRegistry.Core.Registration;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Discovery;

/// <summary>Registers the ways services are found.</summary>
public static class DiscoveryServiceCollectionExtensions
{
    /// <summary>Adds <see cref="McpServersFileSource"/>; it applies the file before the host has started, so add it after what that needs.</summary>
    public static IServiceCollection AddFileDiscovery(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DiscoveryOptions>()
            .Bind(configuration.GetSection(DiscoveryOptions.Section))
            .Validate(options => options.File is null || !string.IsNullOrWhiteSpace(options.File), $"{DiscoveryOptions.Section}:File must not be empty.")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new McpServersFileSource(
            provider.GetRequiredService<IServiceRegistry>(), provider.GetRequiredService<ISecretResolver>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IHostEnvironment>(), provider.GetRequiredService<IOptions<DiscoveryOptions>>(), provider.GetRequiredService<ILogger<McpServersFileSource>>(),
            provider.GetService<GatewayFiles>() ?? new GatewayFiles(null), provider.GetService<LoadBalancingPolicySet>()));
        services.AddHostedService(provider => provider.GetRequiredService<McpServersFileSource>());
        return services;
    }

    /// <summary>Adds <see cref="ServiceDiscoverySource"/>; it too applies what it finds before the host has started.</summary>
    public static IServiceCollection AddEndpointDiscovery(this IServiceCollection services)
    {
        services.AddServiceDiscovery();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServiceDiscoverySource>();
        return services.AddHostedService(provider => provider.GetRequiredService<ServiceDiscoverySource>());
    }
}
