using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Sealing;
using McpRegistry.Core.Storage.Redis;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Storage;

/// <summary>Registers where registrations are kept.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>Keeps them in an SQLite file.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>()
            .Bind(configuration.GetSection(StorageOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton<IRegistryStore, SqliteRegistryStore>();
        return services;
    }

    /// <summary>
    /// Keeps them in the Redis of <c>ConnectionStrings:redis</c>, which several processes share. Whatever was registered as store
    /// before gives way. A <see cref="RedisClientSource"/> that the host adds says how to connect, instead of that string alone. Needs
    /// <c>AddRegistration</c> and <c>AddLoadBalancing</c>, for secrets and the shared random.
    /// </summary>
    public static IServiceCollection AddRedisStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RedisOptions>().Bind(configuration.GetSection(RedisOptions.Section)).ValidateDataAnnotations()
            .Validate(options => options.CommandTimeout <= options.PollInterval, $"{RedisOptions.Section}:CommandTimeout must not be longer than {RedisOptions.Section}:PollInterval.")
            .ValidateOnStart();
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<RedisOptions>>().Value;
            return new ClusterSeals(RedisSecretKey.Read(options, provider.GetRequiredService<ISecretResolver>()), options.KeyPrefix, provider.GetRequiredService<ILogger<ClusterSeals>>());
        });
        services.TryAddSingleton(provider => RedisClientSource.Of(provider.GetRequiredService<IConfiguration>().GetConnectionString(RedisOptions.ConnectionName) ?? ""));
        services.TryAddSingleton<RedisConnection>();
        services.TryAddSingleton<RedisRegistryStore>();
        services.TryAddSingleton<ISharedRegistry>(provider => provider.GetRequiredService<RedisRegistryStore>());
        services.RemoveAll<IRegistryStore>();
        services.AddSingleton<IRegistryStore>(provider => provider.GetRequiredService<RedisRegistryStore>());
        return services.AddHostedService<RedisStartup>();
    }
}
