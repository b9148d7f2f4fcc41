using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Health;

/// <summary>The rules that make up an instance's health, each alone.</summary>
public sealed class HealthUnitTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("", HealthVerdict.Unknown)]
    [InlineData("+", HealthVerdict.Healthy)]
    [InlineData("--", HealthVerdict.Unknown)]
    [InlineData("---", HealthVerdict.Unhealthy)]
    [InlineData("--+", HealthVerdict.Healthy)]
    [InlineData("+--", HealthVerdict.Healthy)]
    [InlineData("+--+--", HealthVerdict.Healthy)]
    [InlineData("+---", HealthVerdict.Unhealthy)]
    [InlineData("+---+", HealthVerdict.Unhealthy)]
    [InlineData("+---+-+", HealthVerdict.Unhealthy)]
    [InlineData("+---++", HealthVerdict.Healthy)]
    public void Probes_need_three_bad_in_a_row_to_fall_and_two_good_to_rise(string probes, HealthVerdict verdict)
    {
        var hysteresis = new ProbeHysteresis(fall: 3, rise: 2);

        foreach (var probe in probes) hysteresis.Record(probe == '+');

        Assert.Equal(verdict, hysteresis.Verdict);
    }

    [Fact]
    public void Ejections_grow_by_ten_seconds_to_five_minutes_and_no_further()
    {
        var schedule = new EjectionSchedule(_time, new ScriptedRandom(0));

        var times = Enumerable.Range(0, 40).Select(_ => schedule.Next().TotalSeconds).ToArray();

        Assert.Equal([10, 20, 30], times[..3]);
        Assert.Equal([290, 300, 300], times[28..31]);
        Assert.Equal(300, times[^1]);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.5, 11)]
    [InlineData(1, 12)]
    public void Ejections_are_up_to_a_fifth_longer_by_chance(double random, double seconds) =>
        Assert.Equal(seconds, new EjectionSchedule(_time, new ScriptedRandom(random)).Next().TotalSeconds, precision: 6);

    [Theory]
    [InlineData(299, 20)]
    [InlineData(300, 10)]
    public void Ejections_are_forgotten_after_five_good_minutes(int goodSeconds, double next)
    {
        var schedule = new EjectionSchedule(_time, new ScriptedRandom(0));
        schedule.Next();
        schedule.Readmitted();
        _time.Advance(TimeSpan.FromSeconds(goodSeconds));

        Assert.Equal(next, schedule.Next().TotalSeconds);
    }

    [Fact]
    public void A_sixth_transition_within_five_minutes_holds_down()
    {
        var flaps = new FlapDamper(_time);

        for (var i = 0; i < 5; i++) Assert.Null(flaps.Record());

        Assert.Equal(TimeSpan.FromSeconds(60), flaps.Record());
    }

    [Fact]
    public void Transitions_five_minutes_apart_do_not_add_up()
    {
        var flaps = new FlapDamper(_time);
        for (var i = 0; i < 5; i++) flaps.Record();
        _time.Advance(FlapDamper.Window);

        Assert.Null(flaps.Record());
    }

    [Fact]
    public void Holds_double_to_fifteen_minutes_and_are_forgotten_in_time()
    {
        var flaps = new FlapDamper(_time);
        double Hold()
        {
            for (var i = 0; i < 5; i++) Assert.Null(flaps.Record());
            return flaps.Record()!.Value.TotalSeconds;
        }

        Assert.Equal([60, 120, 240, 480, 900, 900], Enumerable.Range(0, 6).Select(_ => Hold()));

        _time.Advance(FlapDamper.LongestHold + FlapDamper.ForgottenAfter);
        Assert.Equal(60, Hold());
    }

    [Fact]
    public void The_history_keeps_the_last_twenty_newest_first()
    {
        var history = new ProbeHistory();

        for (var i = 1; i <= 25; i++) history.Add(new HealthCheckRecord(_time.GetUtcNow(), new ProbeResult(i < 25, TimeSpan.FromSeconds(i))));

        Assert.Equal(Enumerable.Range(6, 20).Reverse(), history.NewestFirst().Select(one => (int)one.Result.Elapsed.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(24), history.LastResponseTime);
    }

    [Fact]
    public void How_long_a_handshake_took_is_no_response_time()
    {
        var history = new ProbeHistory();

        history.Add(new HealthCheckRecord(_time.GetUtcNow(), new ProbeResult(true, TimeSpan.FromSeconds(9)) { IsHandshake = true }));
        Assert.Null(history.LastResponseTime);

        history.Add(new HealthCheckRecord(_time.GetUtcNow(), new ProbeResult(true, TimeSpan.FromSeconds(1))));
        Assert.Equal(TimeSpan.FromSeconds(1), history.LastResponseTime);
    }

    [Theory]
    [InlineData(0, 24)]
    [InlineData(0.5, 30)]
    [InlineData(1, 36)]
    public void A_healthy_instance_is_probed_every_interval_more_or_less_a_fifth(double random, double seconds)
    {
        var pace = new ProbePace(new ScriptedRandom(random));
        pace.Record(new ProbeResult(true, TimeSpan.Zero));

        Assert.Equal(seconds, pace.Rest(new HealthSettings(), HealthVerdict.Healthy, TimeSpan.Zero).TotalSeconds, precision: 6);
    }

    [Fact]
    public void An_unhealthy_one_is_probed_after_one_two_and_five_seconds_and_faster_again_when_it_turns()
    {
        var pace = new ProbePace(new ScriptedRandom(0.5));
        double RestAfter(bool isHealthy)
        {
            pace.Record(new ProbeResult(isHealthy, TimeSpan.Zero));
            return pace.Rest(new HealthSettings(), HealthVerdict.Unhealthy, TimeSpan.Zero).TotalSeconds;
        }

        Assert.Equal([1, 2, 5, 5], Enumerable.Range(0, 4).Select(_ => RestAfter(false)));
        Assert.Equal([1, 2, 5, 5], Enumerable.Range(0, 4).Select(_ => RestAfter(true)));
    }

    [Theory]
    [InlineData(0.2, 0.8)]
    [InlineData(2, 0)]
    public void A_first_bad_probe_is_confirmed_a_second_after_it_began(double elapsed, double rest)
    {
        var pace = new ProbePace(new ScriptedRandom(0.5));
        pace.Record(new ProbeResult(false, TimeSpan.FromSeconds(elapsed)));

        Assert.Equal(rest, pace.Rest(new HealthSettings(), HealthVerdict.Healthy, TimeSpan.FromSeconds(elapsed)).TotalSeconds, precision: 6);
    }

    [Theory]
    [InlineData(HealthVerdict.Healthy, false, 0, 5)]
    [InlineData(HealthVerdict.Healthy, true, 0, 2)]
    [InlineData(HealthVerdict.Healthy, true, 1, 1)]
    [InlineData(HealthVerdict.Healthy, false, 2, 1)]
    [InlineData(HealthVerdict.Unhealthy, true, 3, 5)]
    public void In_doubt_a_probe_waits_less_and_for_the_unhealthy_its_full_time(HealthVerdict verdict, bool isSuspected, int badInARow, double seconds)
    {
        var pace = new ProbePace(new ScriptedRandom(0.5));
        for (var i = 0; i < badInARow; i++) pace.Record(new ProbeResult(false, TimeSpan.Zero));

        Assert.Equal(seconds, pace.Patience(new HealthSettings(), new HealthStatus { Verdict = verdict }, isSuspected).TotalSeconds);
    }

    [Theory]
    [InlineData(0.1, 2)]
    [InlineData(1.2, 3.6)]
    [InlineData(4, 5)]
    public void In_doubt_a_slow_one_gets_three_times_its_usual_time_within_the_timeout(double usual, double seconds)
    {
        var status = new HealthStatus { Verdict = HealthVerdict.Healthy, ResponseTime = TimeSpan.FromSeconds(usual) };

        Assert.Equal(seconds, new ProbePace(new ScriptedRandom(0.5)).Patience(new HealthSettings(), status, isSuspected: true).TotalSeconds, precision: 6);
    }
}
