using McpRegistry.Core.Health;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.State;

public sealed class HeldDownTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly InstanceState _instance;

    public HeldDownTests()
    {
        var state = new RegistryState();
        LiveRegistry.Create(state, _time).Put(LiveRegistry.Http("a", 1));
        _instance = state.Current.Services["a"].Instances.Single();
    }

    [Fact]
    public void Safe_calls_leave_an_instance_whose_loss_is_the_one_too_many()
    {
        var changes = new List<HealthChange>();
        _instance.Health.Changed += changes.Add;
        ComeAndGo(until: HealthChange.HeldDown, changes);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(_instance.Health.TryAdmit(out _));
        _instance.Health.RecordCall(UpstreamOutcome.Answered, isAlive: false);
        Assert.True(_instance.Health.IsAvailable);

        // The change that holds it down is a recovery the first time and a loss the second time.
        changes.Clear();
        CancellationToken before = default;
        while (changes.LastOrDefault() != HealthChange.HeldDown)
        {
            before = _instance.Outage;
            if (_instance.Health.IsAvailable) Go();
            else Come();
        }

        Assert.Equal([HealthChange.Unhealthy, HealthChange.Recovered], changes[^3..^1]);
        Assert.True(before.IsCancellationRequested);
    }

    private void ComeAndGo(HealthChange until, List<HealthChange> changes)
    {
        while (changes.LastOrDefault() != until)
        {
            if (_instance.Health.IsAvailable) Go();
            else Come();
        }
    }

    private void Come() => Probe(2, new ProbeResult(true, TimeSpan.FromMilliseconds(1)));

    private void Go() => Probe(3, new ProbeResult(false, TimeSpan.FromSeconds(5), "It did not answer in time.") { IsSilence = true });

    private void Probe(int times, ProbeResult result)
    {
        for (var i = 0; i < times; i++) _instance.Health.RecordProbe(result);
    }
}
