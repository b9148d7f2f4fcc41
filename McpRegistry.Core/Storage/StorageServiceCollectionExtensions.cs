using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Core.Storage;

/// <summary>Registers where registrations are kept.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>Keeps them in an SQLite file.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>()
            .Bind(configuration.GetSection(StorageOptions.Section))
            .Validate(options => options.BusyTimeout > TimeSpan.Zero, $"{StorageOptions.Section}:BusyTimeout must be more than 0.")
            .ValidateOnStart();
        services.TryAddSingleton<IRegistryStore, SqliteRegistryStore>();
        return services;
    }
}
