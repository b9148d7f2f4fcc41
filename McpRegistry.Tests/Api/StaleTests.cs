using McpRegistry.Api.Startup;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Api;

public sealed class StaleTests
{
    private const string Header = "X-Registry-Stale";
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Reads_say_for_how_long_the_store_has_been_away_and_nothing_else_does()
    {
        await using var host = await RestHost.StartAsync(time: _time);
        Assert.DoesNotContain(Header, (await host.GetAsync("/api/services")).Headers.Keys);

        host.Freshness.Doubt();
        _time.Advance(TimeSpan.FromSeconds(12.9));

        Assert.Equal("12", (await host.GetAsync("/api/services")).Headers[Header]);
        Assert.Equal("12", (await host.GetAsync("/api/services/nobody")).Headers[Header]);
        Assert.DoesNotContain(Header, (await host.PostAsync("/api/services", "{}")).Headers.Keys);
        Assert.DoesNotContain(Header, (await host.GetAsync("/health/live")).Headers.Keys);

        host.Freshness.Confirm(host.Freshness.Doubts);
        Assert.DoesNotContain(Header, (await host.GetAsync("/api/services")).Headers.Keys);
    }

    [Fact]
    public async Task It_is_ready_once_something_is_known_and_degraded_while_that_may_be_old()
    {
        var freshness = new RegistryFreshness(_time);
        using var lifetime = new Lifetime();
        var ready = new RegistryLoaded(lifetime, freshness);
        async Task<HealthStatus> AskAsync() => (await ready.CheckHealthAsync(new HealthCheckContext(), default)).Status;

        freshness.AwaitStore();
        lifetime.Start();
        Assert.Equal(HealthStatus.Unhealthy, await AskAsync());
        freshness.Remember(TimeSpan.FromMinutes(1));
        Assert.Equal(HealthStatus.Degraded, await AskAsync());
        freshness.Confirm(freshness.Doubts);
        Assert.Equal(HealthStatus.Healthy, await AskAsync());
        lifetime.StopApplication();
        Assert.Equal(HealthStatus.Unhealthy, await AskAsync());
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => default;

        public void Start() => _started.Cancel();

        public void StopApplication() => _stopping.Cancel();

        public void Dispose()
        {
            _started.Dispose();
            _stopping.Dispose();
        }
    }
}
