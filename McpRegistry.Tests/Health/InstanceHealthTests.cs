using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Health;

/// <summary>The health of one instance: probes, calls and connection together.</summary>
public sealed class InstanceHealthTests
{
    private static readonly ProbeResult Good = new(true, TimeSpan.FromMilliseconds(12));
    private static readonly ProbeResult Bad = new(false, TimeSpan.FromSeconds(5), "It did not answer in time.");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly InstanceHealth _health;
    private readonly List<HealthChange> _changes = [];
    private int _suspicions;

    public InstanceHealthTests()
    {
        _health = new InstanceHealth(new HealthSettings(), _time, new ScriptedRandom(0));
        _health.Changed += _changes.Add;
        _health.Suspected += () => _suspicions++;
    }

    [Fact]
    public void Nothing_known_is_available_and_one_good_probe_makes_it_healthy()
    {
        Assert.Equal((HealthVerdict.Unknown, true), (_health.Status.Verdict, _health.IsAvailable));

        _health.RecordProbe(Good);

        Assert.Equal(new HealthStatus { Verdict = HealthVerdict.Healthy, LastCheck = DateTimeOffset.UnixEpoch, ResponseTime = Good.Elapsed }, _health.Status);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Three_bad_probes_take_it_out_and_two_good_ones_bring_it_back()
    {
        _health.RecordProbe(Good);
        _health.RecordProbe(Bad);
        _health.RecordProbe(Bad);
        Assert.Equal((HealthVerdict.Healthy, null), (_health.Status.Verdict, _health.Status.Error));

        _health.RecordProbe(Bad);
        Assert.Equal((HealthVerdict.Unhealthy, Bad.Error, false), (_health.Status.Verdict, _health.Status.Error, _health.IsAvailable));
        Assert.False(_health.TryAdmit(out _));
        Assert.Equal(Good.Elapsed, _health.Status.ResponseTime);

        _health.RecordProbe(Good);
        Assert.False(_health.IsAvailable);
        _health.RecordProbe(Good);
        Assert.True(_health.TryAdmit(out _));
        Assert.Equal([HealthChange.Unhealthy, HealthChange.Recovered], _changes);
    }

    [Fact]
    public void A_lost_connection_takes_it_out_at_once_until_it_is_connected_again()
    {
        _health.RecordProbe(Good);

        _health.RecordDisconnected("The child ended with code 3.");
        Assert.Equal((false, "The child ended with code 3."), (_health.IsAvailable, _health.Status.Error));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_health.TryAdmit(out _));

        _health.RecordConnected();
        Assert.Equal((true, HealthVerdict.Healthy, null), (_health.TryAdmit(out _), _health.Status.Verdict, _health.Status.Error));
        Assert.Equal([HealthChange.Disconnected, HealthChange.Recovered], _changes);
    }

    [Fact]
    public void A_new_child_does_not_pay_for_the_calls_that_died_with_the_old_one()
    {
        Eject();
        for (var i = 0; i < 3; i++) _health.RecordProbe(Bad);

        _health.RecordDisconnected("The child ended.");
        _health.RecordConnected();

        Assert.True(_health.TryAdmit(out _));
        Assert.True(_health.TryAdmit(out _));
    }

    [Fact]
    public void A_new_handshake_without_a_loss_before_does_not_end_an_ejection()
    {
        Eject();

        _health.RecordConnected();

        Assert.False(_health.IsAvailable);
        Assert.Equal([HealthChange.Ejected, HealthChange.Connected], _changes);
    }

    [Fact]
    public void A_good_probe_proves_the_connection_when_nobody_told_of_it()
    {
        _health.RecordDisconnected("The session was closed.");

        _health.RecordProbe(Good);

        Assert.True(_health.IsAvailable);
    }

    [Fact]
    public void Coming_and_going_holds_it_down_for_a_minute_with_one_event()
    {
        _health.RecordProbe(Good);
        for (var i = 0; i < 20; i++)
        {
            _health.RecordDisconnected("The child ended.");
            _health.RecordConnected();
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        HealthChange[] toldOnce = [
            HealthChange.Disconnected, HealthChange.Recovered, HealthChange.Disconnected, HealthChange.Recovered, HealthChange.Disconnected, HealthChange.HeldDown];
        Assert.Equal(toldOnce, _changes.Where(change => change != HealthChange.Connected));
        Assert.Contains("too often", _health.Status.Error, StringComparison.Ordinal);
        Assert.False(_health.IsAvailable);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(4 + 60), _health.Status.EjectedUntil);

        _time.SetUtcNow(DateTimeOffset.UnixEpoch.AddSeconds(64));
        Assert.True(_health.TryAdmit(out _));
        _health.RecordCall(UpstreamOutcome.Answered, isAlive: false);
        Assert.Equal(HealthVerdict.Healthy, _health.Status.Verdict);
    }

    [Fact]
    public void The_first_doubt_is_told_once_until_the_next_probe()
    {
        _health.Suspect();
        _health.Suspect();
        _health.RecordTimeout(_time.GetTimestamp());
        Assert.Equal((1, true), (_suspicions, _health.IsSuspected));

        _health.RecordProbe(Good);
        Assert.False(_health.IsSuspected);
        _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);
        Assert.Equal(2, _suspicions);
    }

    [Fact]
    public void The_same_loss_is_told_once()
    {
        _health.RecordDisconnected("npx not found");
        _health.RecordDisconnected("npx not found");
        Assert.Equal([HealthChange.Disconnected], _changes);

        _health.RecordDisconnected("The child ended with code 1.");
        Assert.Equal([HealthChange.Disconnected, HealthChange.Disconnected], _changes);
        Assert.Equal("The child ended with code 1.", _health.Status.Error);
    }

    [Fact]
    public void Silence_is_told_apart_from_every_sign_of_life_and_death()
    {
        Action[] silences = [() => _health.RecordTimeout(_time.GetTimestamp()), () => _health.RecordProbe(Bad with { IsSilence = true })];
        Action[] ends = [
            () => _health.RecordCall(UpstreamOutcome.Answered, isAlive: false), () => _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false),
            () => _health.RecordProbe(Good), () => _health.RecordProbe(Bad), _health.RecordConnected];

        foreach (var (silence, end) in silences.SelectMany(_ => ends, (silence, end) => (silence, end)))
        {
            silence();
            Assert.True(_health.IsHanging);
            _health.RecordCall(UpstreamOutcome.Cancelled, isAlive: false);
            Assert.True(_health.IsHanging);
            end();
            Assert.False(_health.IsHanging);
        }
    }

    [Fact]
    public void A_living_instance_that_refuses_us_is_healthy_and_says_why()
    {
        _health.RecordProbe(new ProbeResult(true, TimeSpan.Zero, "It refuses us: check its credentials and limits."));

        Assert.Equal((HealthVerdict.Healthy, "It refuses us: check its credentials and limits."), (_health.Status.Verdict, _health.Status.Error));
    }

    [Fact]
    public void A_call_refused_by_a_living_instance_gives_the_reason_until_one_is_answered()
    {
        _health.RecordProbe(Good);
        var doubts = 0;
        _health.Suspected += () => doubts++;

        _health.RecordCall(UpstreamOutcome.Refused, isAlive: true, "It refused our credentials (HTTP 401).");
        _health.RecordCall(UpstreamOutcome.Refused, isAlive: true, "It refused our credentials (HTTP 401).");
        Assert.Equal((HealthVerdict.Healthy, "It refused our credentials (HTTP 401)."), (_health.Status.Verdict, _health.Status.Error));
        Assert.Equal((true, 1), (_health.IsAvailable, doubts));
        _health.RecordProbe(Good);
        Assert.NotNull(_health.Status.Error);

        _health.RecordCall(UpstreamOutcome.Answered, isAlive: false);
        Assert.Equal((HealthVerdict.Healthy, null), (_health.Status.Verdict, _health.Status.Error));
    }

    [Fact]
    public void Good_calls_cost_no_memory()
    {
        _health.RecordProbe(Good);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            _health.TryAdmit(out _);
            _health.RecordCall(UpstreamOutcome.Answered, isAlive: false);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_hung_instance_is_out_within_ten_seconds_of_its_first_stuck_call()
    {
        var settings = new HealthSettings();
        var pace = new ProbePace(new ScriptedRandom(1));
        _health.RecordProbe(Good);
        pace.Record(Good);
        var stuckSince = _time.GetUtcNow();

        _time.Advance(TimeSpan.FromSeconds(5));
        _health.Suspect();
        while (_health.IsAvailable)
        {
            var patience = pace.Patience(settings, _health.Status, _health.IsSuspected);
            _time.Advance(patience);
            var result = new ProbeResult(false, patience, "It did not answer in time.");
            pace.Record(result);
            _health.RecordProbe(result);
            if (_health.IsAvailable) _time.Advance(pace.Rest(settings, _health.Status.Verdict, patience));
        }

        Assert.InRange((_time.GetUtcNow() - stuckSince).TotalSeconds, 0, 9.5);
    }

    private void Eject()
    {
        for (var i = 0; i < 3; i++) _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);
        Assert.False(_health.IsAvailable);
    }
}
