using McpRegistry.Core.Catalog;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.LastKnown;

/// <summary>Registers the memory of lists.</summary>
internal static class LastKnownServiceCollectionExtensions
{
    private const string Extension = ".last-known.db";

    /// <summary>Adds it; before whatever registers services at the start. It lies beside the database or, with Redis, beside the file that remembers the store.</summary>
    public static IServiceCollection AddLastKnownCatalogs(this IServiceCollection services, IConfiguration configuration)
    {
        var isShared = configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 };
        services.AddSingleton(provider => new LastKnownFile(
            Path.ChangeExtension(isShared ? provider.GetRequiredService<DiskSnapshotPlace>().Path : PathOf(provider), Extension) ?? "",
            provider.GetRequiredService<IOptions<StorageOptions>>().Value.BusyTimeout));
        services.AddSingleton<LastKnownCatalogs>();
        services.AddSingleton<ILastKnownCatalogs>(provider => provider.GetRequiredService<LastKnownCatalogs>());
        return services.AddHostedService(provider => provider.GetRequiredService<LastKnownCatalogs>());
    }

    private static string PathOf(IServiceProvider provider) => StoragePath.Of(provider.GetRequiredService<IOptions<StorageOptions>>().Value);
}
