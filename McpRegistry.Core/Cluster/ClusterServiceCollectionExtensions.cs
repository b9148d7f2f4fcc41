using McpRegistry.Core.Storage;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Core.Cluster;

/// <summary>Registers what several processes that share a store need.</summary>
public static class ClusterServiceCollectionExtensions
{
    /// <summary>Adds all of it. The order is that of the start: what follows the store comes before whatever registers services of its own.</summary>
    public static IServiceCollection AddCluster(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ClusterOptions>().Bind(configuration.GetSection(ClusterOptions.Section));
        return services.AddRegistrySync(configuration);
    }

    private static IServiceCollection AddRegistrySync(this IServiceCollection services, IConfiguration configuration)
    {
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
