using McpRegistry.Core.Storage.Redis;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Core.Storage;

/// <summary>Opens the shared store before a host starts, so that a refusal is a line for the operator and not a failure of the host.</summary>
public static class RegistryStoreOpening
{
    /// <summary>Connects to Redis, when that is the store, and waits a moment for it.</summary>
    /// <returns>Why it must not be used, in one line without secrets. Null: it may, or it is away, or there is only the embedded store.</returns>
    public static async Task<string?> OpenRegistryStoreAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        try
        {
            // The store reads its key when it is made.
            _ = services.GetRequiredService<IRegistryStore>();
            if (services.GetService<RedisConnection>() is { } redis) await redis.OpenAsync(cancellationToken);
            return null;
        }
        catch (RegistryRefusedException refused) { return refused.Message; }
    }
}
