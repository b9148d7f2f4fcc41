using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Health;

/// <summary>Passive health: which calls take an instance out, for how long, and how it comes back.</summary>
public sealed class InstanceEjectionTests
{
    private static readonly ProbeResult Good = new(true, TimeSpan.FromMilliseconds(12));
    private static readonly ProbeResult Bad = new(false, TimeSpan.FromSeconds(5), "It did not answer in time.");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly InstanceHealth _health;
    private readonly List<HealthChange> _changes = [];

    public InstanceEjectionTests()
    {
        _health = new InstanceHealth(new HealthSettings(), _time, new ScriptedRandom(0));
        _health.Changed += _changes.Add;
    }

    public static TheoryData<UpstreamOutcome> Failures => [UpstreamOutcome.ConnectFailed, UpstreamOutcome.SentButNoAnswer, UpstreamOutcome.ProtocolError];

    public static TheoryData<UpstreamOutcome> Harmless => [UpstreamOutcome.Answered, UpstreamOutcome.Refused, UpstreamOutcome.Overloaded, UpstreamOutcome.ResponseTooLarge, UpstreamOutcome.Cancelled];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Three_failed_calls_in_a_row_eject_for_ten_seconds(UpstreamOutcome outcome)
    {
        _health.RecordCall(outcome, isAlive: false);
        _health.RecordCall(outcome, isAlive: false);
        Assert.True(_health.IsAvailable);

        _health.RecordCall(outcome, isAlive: false);
        if (outcome != UpstreamOutcome.ConnectFailed)
        {
            // Calls that were sent and lost may say more of the caller than of the instance: the probe that is due decides.
            Assert.Equal((true, true), (_health.IsAvailable, _health.IsSuspected));
            _health.RecordProbe(Bad);
        }

        Assert.False(_health.IsAvailable);
        Assert.Equal(HealthVerdict.Unhealthy, _health.Status.Verdict);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(10), _health.Status.EjectedUntil);
        Assert.Equal([HealthChange.Ejected], _changes);
    }

    [Fact]
    public void Three_calls_without_an_answer_are_a_doubt_and_the_probe_after_them_decides()
    {
        Stall(3);
        Assert.Equal((true, true), (_health.IsAvailable, _health.IsSuspected));

        _health.RecordProbe(Bad with { IsSilence = true });

        Assert.Equal((false, true), (_health.IsAvailable, _health.IsHanging));
        Assert.Equal([HealthChange.Ejected], _changes);
        Assert.NotNull(_health.Status.EjectedUntil);
    }

    [Theory]
    [InlineData(UpstreamOutcome.SentButNoAnswer)]
    [InlineData(UpstreamOutcome.ProtocolError)]
    public void Failing_calls_of_one_caller_take_nothing_from_others_while_it_answers_probes(UpstreamOutcome outcome)
    {
        for (var i = 0; i < 4; i++)
        {
            for (var call = 0; call < 5; call++) _health.RecordCall(outcome, isAlive: false);
            _health.RecordProbe(Good);
        }

        Assert.True(_health.IsAvailable);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Three_slow_calls_take_nothing_from_others_while_it_answers_probes()
    {
        for (var i = 0; i < 4; i++)
        {
            Stall(3);
            _health.RecordProbe(Good);
        }
        _health.RecordProbe(Bad);

        Assert.Equal((true, false), (_health.IsAvailable, _health.IsHanging));
        Assert.Empty(_changes);
    }

    [Fact]
    public void A_call_without_an_answer_says_nothing_of_one_that_answered_since_it_was_sent()
    {
        var sent = _time.GetTimestamp();
        Action[] answers = [
            () => _health.RecordCall(UpstreamOutcome.Answered, isAlive: false), () => _health.RecordCall(UpstreamOutcome.Refused, isAlive: true),
            () => _health.RecordProbe(Good), _health.RecordConnected];
        foreach (var answer in answers)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            answer();
            for (var i = 0; i < 10; i++) _health.RecordTimeout(sent);
            Assert.False(_health.IsHanging);
            sent = _time.GetTimestamp();
        }

        _health.RecordProbe(Bad);
        Assert.True(_health.IsAvailable);
    }

    [Fact]
    public void A_refused_connection_after_two_silent_calls_ejects_at_once()
    {
        Stall(2);

        _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);

        Assert.False(_health.IsAvailable);
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Other_outcomes_are_never_held_against_it(UpstreamOutcome outcome)
    {
        for (var i = 0; i < 10; i++) _health.RecordCall(outcome, isAlive: false);

        Assert.True(_health.IsAvailable);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_that_shows_life_is_not_held_against_it(UpstreamOutcome outcome)
    {
        for (var i = 0; i < 10; i++) _health.RecordCall(outcome, isAlive: true);

        Assert.True(_health.IsAvailable);
    }

    [Fact]
    public void An_answer_between_failures_starts_the_count_anew_and_a_cancellation_does_not()
    {
        _health.RecordTimeout(_time.GetTimestamp());
        _health.RecordTimeout(_time.GetTimestamp());
        _health.RecordCall(UpstreamOutcome.Answered, isAlive: false);
        _health.RecordTimeout(_time.GetTimestamp());
        _health.RecordTimeout(_time.GetTimestamp());
        Assert.True(_health.IsAvailable);

        _health.RecordCall(UpstreamOutcome.Cancelled, isAlive: false);
        _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);
        Assert.False(_health.IsAvailable);
    }

    [Fact]
    public void After_the_ejection_exactly_one_call_is_the_trial()
    {
        Eject();
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal((false, false), (_health.IsAvailable, _health.TryAdmit(out _)));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((true, HealthVerdict.Unknown), (_health.IsAvailable, _health.Status.Verdict));
        Assert.True(_health.TryAdmit(out _));
        Assert.Equal((false, false), (_health.IsAvailable, _health.TryAdmit(out _)));
    }

    [Fact]
    public void Of_many_threads_one_gets_the_trial()
    {
        Eject();
        _time.Advance(TimeSpan.FromSeconds(10));
        var admitted = 0;

        Parallel.For(0, 1_000, (int caller) =>
        {
            if (_health.TryAdmit(out _)) Interlocked.Increment(ref admitted);
        });

        Assert.Equal(1, admitted);
    }

    [Fact]
    public void A_good_trial_brings_it_back()
    {
        EjectAndTry();

        _health.RecordCall(UpstreamOutcome.Answered, isAlive: false);

        Assert.True(_health.TryAdmit(out _));
        Assert.True(_health.TryAdmit(out _));
        Assert.Null(_health.Status.EjectedUntil);
        Assert.Equal([HealthChange.Ejected, HealthChange.Recovered], _changes);
    }

    [Fact]
    public void A_failed_trial_ejects_it_for_longer()
    {
        EjectAndTry();

        _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);

        Assert.Equal(_time.GetUtcNow().AddSeconds(20), _health.Status.EjectedUntil);
        Assert.Equal([HealthChange.Ejected, HealthChange.Ejected], _changes);
        _time.Advance(TimeSpan.FromSeconds(19.999));
        Assert.False(_health.IsAvailable);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.True(_health.IsAvailable);
    }

    [Fact]
    public void A_trial_of_which_nothing_was_told_makes_the_next_call_the_trial()
    {
        var trial = EjectAndTry();
        _health.RecordCall(UpstreamOutcome.Cancelled, isAlive: false);
        Assert.False(_health.TryAdmit(out _));

        trial.Dispose();

        Assert.True(_health.TryAdmit(out _));
        Assert.False(_health.TryAdmit(out _));
        trial.Dispose();
        Assert.False(_health.TryAdmit(out _));
    }

    [Fact]
    public void A_trial_that_never_ends_is_replaced_after_its_time()
    {
        EjectAndTry();
        _time.Advance(Absence.TrialTime - TimeSpan.FromTicks(1));
        Assert.False(_health.TryAdmit(out _));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_health.TryAdmit(out _));
        Assert.False(_health.TryAdmit(out _));
    }

    [Fact]
    public void A_late_answer_from_before_the_ejection_does_not_end_it()
    {
        Eject();

        _health.RecordCall(UpstreamOutcome.Answered, isAlive: false);

        Assert.False(_health.IsAvailable);
    }

    [Fact]
    public void Late_failures_from_before_the_ejection_do_not_prolong_it()
    {
        Eject();

        for (var i = 0; i < 10; i++) _health.RecordTimeout(_time.GetTimestamp());

        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(10), _health.Status.EjectedUntil);
    }

    [Fact]
    public void Good_probes_end_a_first_ejection_early_but_only_half_open()
    {
        _health.RecordProbe(Good);
        Eject();
        _health.RecordProbe(Good);
        Assert.False(_health.IsAvailable);

        _health.RecordProbe(Good);

        Assert.True(_health.TryAdmit(out _));
        Assert.False(_health.TryAdmit(out _));
    }

    [Fact]
    public void Good_probes_do_not_end_a_second_ejection_early()
    {
        EjectAndTry();
        _health.RecordTimeout(_time.GetTimestamp());

        for (var i = 0; i < 10; i++) _health.RecordProbe(Good);

        Assert.False(_health.IsAvailable);
    }

    [Fact]
    public void Without_any_call_a_good_probe_is_the_trial_at_last()
    {
        _health.RecordProbe(Good);
        Eject();
        _time.Advance(TimeSpan.FromSeconds(10) + Absence.QuietTime - TimeSpan.FromTicks(1));
        _health.RecordProbe(Good);
        Assert.Equal(HealthVerdict.Unknown, _health.Status.Verdict);

        _time.Advance(TimeSpan.FromTicks(1));
        _health.RecordProbe(Good);
        Assert.Equal(HealthVerdict.Healthy, _health.Status.Verdict);
    }

    [Fact]
    public void Bad_probes_keep_it_out_beyond_the_ejection()
    {
        Eject();
        for (var i = 0; i < 3; i++) _health.RecordProbe(Bad);
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.False(_health.TryAdmit(out _));
    }

    private void Eject()
    {
        for (var i = 0; i < 3; i++) _health.RecordCall(UpstreamOutcome.ConnectFailed, isAlive: false);
        Assert.False(_health.IsAvailable);
    }

    private Admission EjectAndTry()
    {
        Eject();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_health.TryAdmit(out var trial));
        return trial;
    }

    private void Stall(int calls)
    {
        var sent = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < calls; i++) _health.RecordTimeout(sent);
    }
}
