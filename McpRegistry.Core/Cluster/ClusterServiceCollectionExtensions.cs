using McpRegistry.Core.Storage;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Core.Cluster;

/// <summary>Registers what several processes need to work together.</summary>
internal static class ClusterServiceCollectionExtensions
{
    /// <summary>Adds all of it. Needs Redis.</summary>
    public static IServiceCollection AddCluster(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRedisStore(configuration);
        services.AddReplicas(configuration);
        return services;
    }
}
