using McpRegistry.Core.Cluster;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using StackExchange.Redis;

using GatewayRedis = McpRegistry.Api.Hosting.SharedRedis;
using WorkerRedis = McpRegistry.HealthWorker.SharedRedis;

namespace McpRegistry.Tests.Storage.Aspire;

/// <summary>Redis as the gateway or the worker sets it up: through Aspire's client integration, which reads these settings.</summary>
internal sealed class AspireHost : IAsyncDisposable
{
    /// <summary>The section that the integration reads.</summary>
    public const string Section = "Aspire:StackExchange:Redis";

    public static string[] Programs { get; } = ["gateway", "worker"];

    private readonly WebApplication _app;

    private AspireHost(WebApplicationBuilder builder) => (_app, Services) = (builder.Build(), builder.Services);

    /// <summary>What was registered.</summary>
    public IServiceCollection Services { get; }

    public IServiceProvider Provider => _app.Services;

    public ISharedRegistry Store => Provider.GetRequiredService<ISharedRegistry>();

    public RedisConnection Connection => Provider.GetRequiredService<RedisConnection>();

    /// <summary>Sets it up, not yet connected.</summary>
    /// <param name="program">Which of <see cref="Programs"/>.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="more">What else the host has. Null: nothing.</param>
    public static AspireHost Create(string program, IEnumerable<(string Name, string? Value)> settings, Action<WebApplicationBuilder>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // How short commands may take is for other tests; a busy machine must not decide these.
        builder.Configuration[$"{RedisOptions.Section}:CommandTimeout"] = "00:00:10";
        foreach (var (name, value) in settings) builder.Configuration[name] = value;
        more?.Invoke(builder);
        if (program == "worker") WorkerRedis.AddSharedRedis(builder);
        else GatewayRedis.AddSharedRedis(builder);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddLoadBalancing();
        builder.Services.AddRegistration();
        if (builder.Configuration.GetConnectionString(RedisOptions.ConnectionName) is not null) builder.Services.AddRedisStore(builder.Configuration);
        return new AspireHost(builder);
    }

    /// <summary>Connects; says why not.</summary>
    public Task<string?> OpenAsync() => Provider.OpenRegistryStoreAsync();

    /// <summary>The options that the registry's client gets.</summary>
    public ConfigurationOptions Options() => RedisSettings.Read(Provider.GetRequiredService<RedisClientSource>(), Provider.GetRequiredService<IOptions<RedisOptions>>().Value);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
