using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Tests.Health;

/// <summary>Whatever a part of it does wrong, the monitor goes on.</summary>
public sealed class HealthMonitorFaultTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_throwing_probe_is_a_failed_probe_and_the_next_one_follows(bool isSynchronous)
    {
        var probe = new ThrowingProbe(isSynchronous);
        await using var harness = new HealthHarness(probe);
        var instance = harness.Add(FakeInstanceClient.Connected());
        await harness.StartAsync();

        await harness.UntilAsync(() => probe.Calls >= 5, "it is probed again and again");

        Assert.Equal((HealthVerdict.Unhealthy, "The probe failed; the log has the reason."), (instance.Health.Status.Verdict, instance.Health.Status.Error));
    }

    [Fact]
    public async Task A_throwing_subscriber_of_the_registry_stops_no_watch()
    {
        await using var harness = new HealthHarness();
        using var subscription = harness.State.Subscribe(change =>
        {
            if (change.Kind == RegistryChangeKind.HealthChanged) throw new InvalidOperationException("A subscriber must not throw.");
        });
        var client = new FakeInstanceClient();
        harness.Add(client);
        await harness.StartAsync();

        await harness.UntilAsync(() => client.Sends >= 3, "it is probed again and again");
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_hung_probe()
    {
        var client = FakeInstanceClient.Connected();
        client.OnSend = FakeInstanceClient.HangDeafAsync;
        var harness = new HealthHarness();
        harness.Add(client);
        await harness.StartAsync();
        await HealthHarness.MeanwhileAsync(() => client.Sends == 1, "the probe hangs");

        await harness.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private sealed class ThrowingProbe(bool isSynchronous) : IInstanceProbe
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public Task<ProbeResult> ProbeAsync(InstanceState instance, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            var bug = new InvalidOperationException("A bug in the probe.");
            return isSynchronous ? throw bug : Task.FromException<ProbeResult>(bug);
        }
    }
}
