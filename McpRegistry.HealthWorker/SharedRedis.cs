using McpRegistry.Core.Storage.Redis;
using McpRegistry.ServiceDefaults;

using Microsoft.Extensions.Options;

using StackExchange.Redis;

namespace McpRegistry.HealthWorker;

/// <summary>The Redis of <c>ConnectionStrings:redis</c>, configured as Aspire's client integration does: by that and the section <c>Aspire:StackExchange:Redis</c>.</summary>
internal static class SharedRedis
{
    /// <summary>Adds it where there is such a connection string, and nothing otherwise.</summary>
    public static WebApplicationBuilder AddSharedRedis(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString(RedisOptions.ConnectionName) is not { Length: > 0 }) return builder;
        var isTraced = false;
        builder.AddRedisClient(RedisOptions.ConnectionName, settings =>
        {
            isTraced = !settings.DisableTracing;
            // The client is the registry's own: made anew after Redis refused it, never waited for, and its absence makes nobody unready.
            settings.DisableAutoActivation = settings.DisableHealthChecks = settings.DisableTracing = true;
        });
        if (isTraced) builder.Services.AddRedisTelemetry(builder.Configuration.GetValue<bool>($"{RedisOptions.Section}:{nameof(RedisOptions.TraceBackground)}"));
        builder.Services.AddSingleton(provider => new RedisClientSource(
            () => provider.GetRequiredService<IOptions<ConfigurationOptions>>().Value,
            $"ConnectionStrings:{RedisOptions.ConnectionName} or the section Aspire:StackExchange:Redis",
            isTraced ? provider.TraceRedis : null));
        return builder;
    }
}
