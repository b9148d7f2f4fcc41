using McpRegistry.Core.Storage.Redis;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Core.Cluster;

/// <summary>Registers how replicas find each other and their sessions.</summary>
internal static class ReplicaServiceCollectionExtensions
{
    /// <summary>Adds the directory and the shared sessions. Needs an <see cref="IListenAddress"/> of the host.</summary>
    public static IServiceCollection AddReplicas(this IServiceCollection services)
    {
        services.AddSingleton<IReplicaPresence, RedisReplicas>();
        services.AddSingleton<ISharedSessions, RedisSessions>();
        services.AddSingleton<ReplicaDirectory>();
        services.AddSingleton<IReplicaDirectory>(provider => provider.GetRequiredService<ReplicaDirectory>());
        return services.AddHostedService(provider => provider.GetRequiredService<ReplicaDirectory>());
    }
}
