using McpRegistry.Core.Cluster;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Acceptance.Harness;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

using StackExchange.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>What one of several processes has of Redis: its own connection and store, set up as a gateway sets them up.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private RedisProcess(ServiceProvider services) => _services = services;

    /// <summary>A key for secrets.</summary>
    public static string SecretKey { get; } = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public ISharedRegistry Store => _services.GetRequiredService<ISharedRegistry>();

    public RedisConnection Connection => _services.GetRequiredService<RedisConnection>();

    public FakeLogCollector Log => _services.GetFakeLogCollector();

    /// <summary>The setting for tests of what a hanging Redis costs: commands may take as long as they may by default.</summary>
    public static (string Name, string? Value) ShortCommands { get; } = ("CommandTimeout", $"{new RedisOptions().CommandTimeout}");

    /// <summary>Sets it up, not yet connected.</summary>
    /// <param name="connectionString">Where Redis is.</param>
    /// <param name="settings">Settings beside the secret key, by name within the section.</param>
    public static RedisProcess Create(string connectionString, params (string Name, string? Value)[] settings) => Create(connectionString, null, settings);

    /// <summary>The same with a host that records what the client does.</summary>
    public static RedisProcess Create(string connectionString, Func<IConnectionMultiplexer, IDisposable?>? trace, params (string Name, string? Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = connectionString,
            [$"{RedisOptions.Section}:SecretKey"] = SecretKey,
            // How short commands may take is for a few tests; a busy machine must not decide the others.
            [$"{RedisOptions.Section}:CommandTimeout"] = "00:00:10",
        };
        foreach (var (name, value) in settings) values[$"{RedisOptions.Section}:{name}"] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddLogging(logging => logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug));
        services.AddLoadBalancing();
        services.AddRegistration();
        services.AddRedisStore(configuration);
        if (trace is not null) services.AddSingleton(RedisClientSource.Of(connectionString) with { Trace = trace });
        return new RedisProcess(services.BuildServiceProvider());
    }

    /// <summary>Sets it up and connects.</summary>
    public static async Task<RedisProcess> OpenAsync(string connectionString, params (string Name, string? Value)[] settings)
    {
        var process = Create(connectionString, settings);
        if (await process.OpenAsync() is not { } refusal) return process;
        await process.DisposeAsync();
        throw new RegistryRefusedException(refusal);
    }

    /// <summary>Connects, as a host does before it starts; says why not.</summary>
    public Task<string?> OpenAsync() => _services.OpenRegistryStoreAsync();

    /// <summary>Puts the first, empty generation there, as whoever starts first does.</summary>
    public async Task<RedisProcess> SeededAsync()
    {
        await Store.TrySeedAsync(new SharedContent(null, [], []), null, default);
        return this;
    }

    /// <summary>How long it took until Redis was in use, or out of it.</summary>
    public Task<TimeSpan> UpAsync(bool up = true, double withinSeconds = 10) =>
        Eventually.TrueAsync(() => Store.IsUp == up, TimeSpan.FromSeconds(withinSeconds), up ? "Redis is in use" : "Redis counts as away");

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();
}
