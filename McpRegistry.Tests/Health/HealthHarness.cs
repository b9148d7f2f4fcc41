using System.Collections.Concurrent;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace McpRegistry.Tests.Health;

/// <summary>A health monitor over fake clients, on a clock that the test drives.</summary>
internal sealed class HealthHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;
    private readonly IHostedService _monitor;

    public HealthHarness(IInstanceProbe? probe = null, Action<HealthMonitorOptions>? configure = null)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(State)
            .AddSingleton<ICatalogRefresher>(Catalog)
            .AddSingleton<Random>(new ConcurrentRandom(11))
            .AddHealth(new ConfigurationBuilder().Build());
        if (probe is not null) services.AddSingleton(probe);
        if (configure is not null) services.Configure(configure);
        _services = services.BuildServiceProvider();
        _monitor = _services.GetServices<IHostedService>().Single();
    }

    public SteppedClock Time { get; } = new(DateTimeOffset.UnixEpoch);

    public RegistryState State { get; } = new();

    public CatalogProbe Catalog { get; } = new();

    public IHealthChecker Checker => _services.GetRequiredService<IHealthChecker>();

    public Task StartAsync() => _monitor.StartAsync(CancellationToken.None);

    public InstanceState Add(FakeInstanceClient client, string service = "alpha", string id = "one", HealthSettings? settings = null, bool isChild = false)
    {
        var health = new InstanceHealth(settings ?? new HealthSettings(), Time, new ConcurrentRandom(5));
        client.Observer = new InstanceObserver(service, health, State, Catalog, new UpstreamNotificationFeed());
        var instance = Instances.Create(id, client, health, service, isChild: isChild);
        State.Update(
            service,
            before =>
            {
                // Lists are none of its concern: they count as read unless a test says otherwise.
                var after = before is null ? Instances.Service(instance) with { Catalog = new ServiceCatalog() } : before with { Instances = before.Instances.Add(instance) };
                return settings is null ? after : after with { Registration = after.Registration with { Config = new ServiceConfig { Health = settings } } };
            },
            (_, _) => new RegistryChange(RegistryChangeKind.ServiceUpdated, service, 0));
        return instance;
    }

    /// <summary>Nobody could be asked for the lists of a service.</summary>
    public void HasReadNoLists(string service = "alpha") =>
        State.Update(service, before => before! with { Catalog = ServiceCatalog.Empty }, (_, _) => new RegistryChange(RegistryChangeKind.CatalogChanged, service, 0));

    /// <summary>Lets time pass in steps until something is so. On a busy machine more of it passes than needed: upper bounds in tests must be wide.</summary>
    public Task UntilAsync(Func<bool> condition, string what, int stepMilliseconds = 250) =>
        Time.UntilAsync(condition, what, TimeSpan.FromMilliseconds(stepMilliseconds));

    /// <summary>Waits, with the clock standing still.</summary>
    public static async Task MeanwhileAsync(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It never came to pass: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _monitor.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    /// <summary>Counts who was asked to be read again.</summary>
    internal sealed class CatalogProbe : ICatalogRefresher
    {
        private readonly ConcurrentQueue<string> _requests = new();

        public int RequestsFor(string service) => _requests.Count(one => one == service);

        public void RequestRefresh(string service) => _requests.Enqueue(service);

        public Task<bool> RefreshAsync(string service, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
