using McpRegistry.Core.Storage;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Core.Cluster;

/// <summary>Registers what several processes that share a store need.</summary>
internal static class ClusterServiceCollectionExtensions
{
    /// <summary>Adds all that a gateway needs. The order is that of the start: the store, what follows it, what registers services of its own.</summary>
    public static IServiceCollection AddCluster(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRegistrySync(configuration);
        services.AddReplicas();
        services.AddLeases();
        services.AddSharedHealth();
        return services.AddStdioOwnership();
    }

    /// <summary>Adds the shared store and what keeps the snapshot in step with it.</summary>
    public static IServiceCollection AddRegistrySync(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ClusterOptions>().Bind(configuration.GetSection(ClusterOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddRedisStore(configuration);
        // The file that remembers the store lies where the embedded store would.
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section));
        services.AddSingleton<DiskSnapshotPlace>();
        services.AddSingleton<DiskSnapshot>();
        services.AddSingleton<SharedView>();
        services.AddSingleton<SyncPace>();
        // Stopped after the sync, so that its last word is written.
        services.AddSingleton<DiskSnapshotWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<DiskSnapshotWriter>());
        return services.AddHostedService<RegistrySync>();
    }
}
