using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Tests.Health;

/// <summary>The watches of a gateway while a worker watches as well.</summary>
public sealed class HealthMonitorAdviceTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly ProbeResult Good = new(true, TimeSpan.FromMilliseconds(3));
    private static readonly ProbeResult Bad = new(false, TimeSpan.FromSeconds(1), "It cannot be reached.");

    private readonly HealthHarness _harness = new();

    public Task InitializeAsync() => _harness.StartAsync();

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task While_advice_comes_a_connected_instance_is_not_probed_and_a_verdict_is_in_the_snapshot()
    {
        var client = FakeInstanceClient.Connected();
        var instance = _harness.Add(client);
        await HealthHarness.MeanwhileAsync(() => instance.Health.Status.LastCheck is not null, "the first probe");

        for (var minute = 0; minute < 20; minute++)
        {
            Advise(instance, Good);
            await AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, client.Sends);
        await HealthHarness.MeanwhileAsync(() => _harness.Catalog.RequestsFor("alpha") >= 3, "its lists are read now and then all the same");

        Advise(instance, Bad);
        await HealthHarness.MeanwhileAsync(() => _harness.State.Current.Services["alpha"].Condition == ServiceCondition.Unavailable, "the verdict is in the snapshot");
    }

    [Fact]
    public async Task A_doubt_is_looked_into_at_once_whatever_the_advice()
    {
        var client = FakeInstanceClient.Connected();
        var instance = _harness.Add(client);
        await HealthHarness.MeanwhileAsync(() => instance.Health.Status.LastCheck is not null, "the first probe");
        Advise(instance, Good);
        await AdvanceAsync(TimeSpan.FromSeconds(10));

        client.OnSend = FakeInstanceClient.HangAsync;
        instance.Health.Suspect();
        await _harness.UntilAsync(() => !instance.IsAvailable, "the hung instance is out");

        Advise(instance, Good);
        Assert.False(instance.IsAvailable);
        client.OnSend = null;
        await _harness.UntilAsync(() => instance.IsAvailable, "own probes brought it back");
    }

    [Fact]
    public async Task When_advice_ends_probes_begin_and_are_slower_than_alone()
    {
        var client = FakeInstanceClient.Connected();
        var instance = _harness.Add(client);
        await HealthHarness.MeanwhileAsync(() => instance.Health.Status.LastCheck is not null, "the first probe");
        Advise(instance, Good);
        var advisedAt = _harness.Time.GetUtcNow();

        await _harness.UntilAsync(() => client.Sends == 2, "the advice is stale");
        Assert.InRange((_harness.Time.GetUtcNow() - advisedAt).TotalSeconds, 90, 120);

        var from = _harness.Time.GetUtcNow();
        await _harness.UntilAsync(() => client.Sends == 7, "five more probes", stepMilliseconds: 2_000);
        Assert.InRange((_harness.Time.GetUtcNow() - from).TotalSeconds, 5 * 60 * 0.8, 5 * 60 * 2);
    }

    [Fact]
    public async Task An_instance_that_is_not_connected_is_connected_whatever_the_advice()
    {
        var client = new FakeInstanceClient { OnConnect = _ => throw new Core.Upstream.UpstreamException("refused") };
        var instance = _harness.Add(client);
        await HealthHarness.MeanwhileAsync(() => client.Connects == 1, "the first attempt");

        Advise(instance, Good);
        client.OnConnect = null;

        await _harness.UntilAsync(() => instance.IsAvailable, "it is connected");
    }

    [Fact]
    public async Task A_monitor_may_be_run_again_and_leaves_everybody_alone_in_between()
    {
        var client = FakeInstanceClient.Connected();
        var harness = new HealthHarness();
        harness.Add(client);
        var monitor = (HealthMonitor)harness.Checker;

        for (var run = 1; run <= 3; run++)
        {
            using var end = new CancellationTokenSource();
            var before = client.Sends;
            var running = monitor.RunAsync(end.Token);
            await HealthHarness.MeanwhileAsync(() => client.Sends > before, "it is probed at once");
            await end.CancelAsync();
            await running;
            before = client.Sends;
            harness.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(before, client.Sends);
        }
    }

    private static void Advise(InstanceState instance, ProbeResult probe) =>
        instance.Health.TakeAdvice(new HealthAdvice(probe.IsHealthy ? HealthVerdict.Healthy : HealthVerdict.Unhealthy, probe, TimeSpan.Zero));

    private async Task AdvanceAsync(TimeSpan time)
    {
        var until = _harness.Time.GetUtcNow() + time;
        await _harness.UntilAsync(() => _harness.Time.GetUtcNow() >= until, "time passes", stepMilliseconds: 5_000);
    }
}
