using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Health;

/// <summary>What another process found of an instance, beside what is seen from here.</summary>
public sealed class InstanceAdviceTests
{
    private static readonly ProbeResult Good = new(true, TimeSpan.FromMilliseconds(12));
    private static readonly ProbeResult Bad = new(false, TimeSpan.FromSeconds(5), "It cannot be reached.");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly InstanceHealth _health;
    private readonly List<HealthChange> _changes = [];

    public InstanceAdviceTests()
    {
        _health = new InstanceHealth(new HealthSettings(), _time, new ScriptedRandom(0));
        _health.Changed += _changes.Add;
    }

    [Fact]
    public void Advice_counts_as_enough_probes_and_shows_as_one()
    {
        Advise(Good);
        Assert.Equal(new HealthStatus { Verdict = HealthVerdict.Healthy, LastCheck = DateTimeOffset.UnixEpoch, ResponseTime = Good.Elapsed }, _health.Status);

        Advise(Bad);
        Assert.Equal((HealthVerdict.Unhealthy, Bad.Error, false), (_health.Status.Verdict, _health.Status.Error, _health.TryAdmit(out _)));

        Advise(Good);
        Assert.True(_health.TryAdmit(out _));
        Assert.Equal([HealthChange.Unhealthy, HealthChange.Recovered], _changes);
        Assert.Equal([Good, Bad, Good], _health.RecentChecks.Select(check => check.Result));
    }

    [Fact]
    public void It_is_fresh_for_three_intervals_by_the_own_clock()
    {
        Assert.Null(_health.AdviceAge);
        Assert.False(_health.RestsOnAdvice);

        _health.TakeAdvice(new HealthAdvice(HealthVerdict.Healthy, Good, Age: TimeSpan.FromSeconds(40)));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(-40), _health.Status.LastCheck);
        _time.Advance(TimeSpan.FromSeconds(49));
        Assert.Equal((true, TimeSpan.FromSeconds(1)), (_health.RestsOnAdvice, _health.AdviceLeft));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, TimeSpan.Zero), (_health.RestsOnAdvice, _health.AdviceLeft));
        Assert.Equal(HealthVerdict.Healthy, _health.Status.Verdict);
    }

    [Fact]
    public void A_doubt_calls_for_a_probe_from_here_and_its_good_end_for_none()
    {
        Advise(Good);

        _health.Suspect();
        Assert.False(_health.RestsOnAdvice);
        _health.RecordProbe(Bad);
        Assert.False(_health.RestsOnAdvice);
        _health.RecordProbe(Good);
        Assert.True(_health.RestsOnAdvice);
    }

    [Fact]
    public void What_cannot_be_reached_from_here_stays_out_although_others_reach_it()
    {
        Advise(Good);
        for (var i = 0; i < 2; i++) _health.RecordProbe(Bad);
        Advise(Good);
        _health.RecordProbe(Bad);
        Assert.False(_health.IsAvailable);

        Advise(Good);
        Assert.Equal((false, false), (_health.IsAvailable, _health.RestsOnAdvice));

        _health.RecordProbe(Good);
        Assert.Equal((false, false), (_health.IsAvailable, _health.RestsOnAdvice));
        _health.RecordProbe(Good);
        Assert.Equal((true, true), (_health.IsAvailable, _health.RestsOnAdvice));
    }

    [Fact]
    public void Advice_that_agrees_with_a_first_bad_probe_takes_it_out()
    {
        _health.RecordProbe(Good);
        _health.RecordProbe(Bad);

        Advise(Bad);

        Assert.False(_health.IsAvailable);
    }

    [Fact]
    public void Stale_advice_is_where_own_probes_go_on_from()
    {
        Advise(Bad);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((false, false), (_health.IsAvailable, _health.RestsOnAdvice));

        _health.RecordProbe(Good);
        Assert.False(_health.IsAvailable);
        _health.RecordProbe(Good);
        Assert.True(_health.IsAvailable);
    }

    [Fact]
    public void An_ejection_by_failed_calls_is_watched_from_here_and_ends_no_earlier_than_a_good_probe_may_end_it()
    {
        Advise(Good);
        for (var i = 0; i < 3; i++) _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);
        _health.RecordProbe(Good);
        Assert.False(_health.RestsOnAdvice);
        Assert.False(_health.IsAvailable);
        for (var i = 0; i < 20; i++) Fail();

        Advise(Good);
        Advise(Good);
        Advise(Good);
        Assert.False(_health.IsAvailable);

        // Out for the second time: advice does not shorten it.
        void Fail()
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            if (_health.TryAdmit(out _)) _health.RecordCall(UpstreamOutcome.SentButNoAnswer, isAlive: false);
        }
    }

    [Fact]
    public void Advice_does_not_prove_our_own_connection()
    {
        _health.RecordDisconnected("The session was closed.");

        Advise(Good);

        Assert.Equal((false, false), (_health.IsAvailable, _health.RestsOnAdvice));
    }

    private void Advise(ProbeResult probe) =>
        _health.TakeAdvice(new HealthAdvice(probe.IsHealthy ? HealthVerdict.Healthy : HealthVerdict.Unhealthy, probe, TimeSpan.Zero));
}
