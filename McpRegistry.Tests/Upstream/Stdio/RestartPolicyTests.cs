using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Stdio;

public sealed class RestartPolicyTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(5)]
    [InlineData(20)]
    public void At_most_seven_starts_fall_into_any_minute(double livesFor)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var policy = new RestartPolicy(new StdioOptions(), _time, new Random(seed));
            var starts = new List<DateTimeOffset>();
            for (var i = 0; i < 50; i++)
            {
                starts.Add(_time.GetUtcNow());
                _time.Advance(TimeSpan.FromSeconds(livesFor));
                _time.Advance(policy.Exited(TimeSpan.FromSeconds(livesFor)));
            }

            Assert.All(starts, start => Assert.InRange(starts.Count(other => other >= start && other < start + TimeSpan.FromMinutes(1)), 1, 7));
        }
    }

    [Fact]
    public void The_pause_doubles_with_jitter()
    {
        var policy = new RestartPolicy(new StdioOptions { CrashLoopExits = 100 }, _time, new Random(1));

        foreach (var expected in (double[])[0.5, 1, 2, 4, 8, 16, 32, 60, 60])
        {
            Assert.InRange(policy.Exited(TimeSpan.Zero).TotalSeconds, expected * 0.8, expected * 1.2);
        }
    }

    [Fact]
    public void A_child_that_ran_well_is_back_at_once_but_only_once()
    {
        var policy = new RestartPolicy(new StdioOptions(), _time, new Random(1));

        Assert.True(policy.Exited(TimeSpan.FromSeconds(5)) <= TimeSpan.FromMilliseconds(100));
        Assert.True(policy.Exited(TimeSpan.FromSeconds(5)) > TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void A_call_cuts_a_pause_short_and_less_so_each_time_in_a_row()
    {
        var policy = new RestartPolicy(new StdioOptions(), _time, new Random(1));
        for (var i = 0; i < 5; i++) policy.Exited(TimeSpan.Zero);
        double[] expected = [0.5, 1, 2, 4];

        foreach (var seconds in expected)
        {
            Assert.Equal(seconds, policy.ShortestPause.TotalSeconds);
            policy.CutShort();
            policy.Exited(TimeSpan.FromSeconds(1));
        }
        for (var i = 0; i < 40; i++) policy.CutShort();
        Assert.Equal(60, policy.ShortestPause.TotalSeconds);

        policy.Exited(TimeSpan.FromSeconds(3));
        Assert.Equal(0.5, policy.ShortestPause.TotalSeconds);
    }

    [Fact]
    public void A_crash_loop_ends_when_a_child_lives_for_a_minute()
    {
        var policy = new RestartPolicy(new StdioOptions(), _time, new Random(1));
        for (var i = 0; i < 5; i++) policy.Exited(TimeSpan.Zero);
        Assert.True(policy.IsCrashLoop);
        Assert.Equal(TimeSpan.FromMinutes(1), policy.Exited(TimeSpan.FromSeconds(30)));

        var pause = policy.Exited(TimeSpan.FromSeconds(61));

        Assert.False(policy.IsCrashLoop);
        Assert.True(pause < TimeSpan.FromSeconds(1));
    }
}
