using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Stdio;

public sealed class RestartPauseTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Nobody_calls_and_the_pause_lasts_as_long_as_it_should()
    {
        var waiting = new RestartPause(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5), _time).WaitAsync(default);
        _time.Advance(TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_call_ends_it_but_a_program_that_fails_at_once_is_not_started_as_fast_as_it_fails()
    {
        var pause = new RestartPause(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5), _time);
        Assert.Equal(TimeSpan.FromSeconds(5), pause.LeftAtLeast);
        var waiting = pause.WaitAsync(default);

        pause.Shorten();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal((TimeSpan.FromSeconds(1), false), (pause.LeftAtLeast, waiting.IsCompleted));
        _time.Advance(TimeSpan.FromSeconds(1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, pause.LeftAtLeast);
    }

    [Fact]
    public async Task A_pause_that_is_shorter_than_the_least_is_not_made_longer()
    {
        var pause = new RestartPause(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5), _time);
        Assert.Equal(TimeSpan.FromSeconds(0.5), pause.LeftAtLeast);
        var waiting = pause.WaitAsync(default);

        _time.Advance(TimeSpan.FromSeconds(0.5));

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    // The second wait begins on another thread, after the first one.
    private async Task AdvanceUntilAsync(Task waiting, TimeSpan longest)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        var advanced = TimeSpan.Zero;
        for (var round = 0; !waiting.IsCompleted; round++)
        {
            Assert.True(round < 5000, "the pause did not end");
            Assert.True(advanced <= longest, "the pause is too long");
            if (round % 10 == 9)
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                advanced += TimeSpan.FromSeconds(5);
            }

            await timer.WaitForNextTickAsync();
        }

        Assert.True(advanced >= longest - TimeSpan.FromSeconds(5), "the pause is too short");
        await waiting;
    }
}
