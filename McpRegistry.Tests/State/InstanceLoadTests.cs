using McpRegistry.Core.State;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.State;

public sealed class InstanceLoadTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_call_beyond_the_limit_waits_for_a_slot()
    {
        var load = new InstanceLoad(maxInFlight: 1, maxQueued: 1);
        Assert.True(await EnterAsync(load));

        var waiting = EnterAsync(load);
        Assert.False(waiting.IsCompleted);
        load.Exit(_time, _time.GetTimestamp(), answered: true);

        Assert.True(await waiting);
        Assert.Equal(1, load.InFlight);
    }

    [Fact]
    public async Task A_call_beyond_the_queue_is_refused_at_once()
    {
        var load = new InstanceLoad(maxInFlight: 1, maxQueued: 0);
        Assert.True(await EnterAsync(load));

        Assert.False(await EnterAsync(load));
    }

    [Fact]
    public async Task The_average_follows_the_answers_and_ignores_failures()
    {
        var load = new InstanceLoad(10, 0);
        await TakeAsync(load, 100, answered: true);
        Assert.Equal(100, load.AverageMilliseconds, 1);

        await TakeAsync(load, 200, answered: true);
        Assert.Equal(120, load.AverageMilliseconds, 1);

        await TakeAsync(load, 9000, answered: false);
        Assert.Equal(120, load.AverageMilliseconds, 1);
    }

    [Fact]
    public async Task Silence_is_measured_from_the_last_answer_while_calls_wait()
    {
        var load = new InstanceLoad(10, 0);
        Assert.Equal(TimeSpan.Zero, load.SilentFor(_time));

        await EnterAsync(load);
        await EnterAsync(load);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), load.SilentFor(_time));

        load.Exit(_time, 0, answered: true);
        Assert.Equal(TimeSpan.Zero, load.SilentFor(_time));
        load.Exit(_time, 0, answered: true);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(TimeSpan.Zero, load.SilentFor(_time));
    }

    [Fact]
    public async Task Waiting_for_a_slot_makes_an_instance_look_neither_slow_nor_silent()
    {
        var load = new InstanceLoad(maxInFlight: 1, maxQueued: 1);
        var first = await load.TryEnterAsync(_time, TimeSpan.FromSeconds(5), CancellationToken.None);
        var waiting = load.TryEnterAsync(_time, TimeSpan.FromMinutes(1), CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(900));
        load.Exit(_time, first!.Value, answered: false);

        var second = await waiting;
        Assert.Equal(TimeSpan.Zero, load.SilentFor(_time));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        load.Exit(_time, second!.Value, answered: true);

        Assert.Equal(100, load.AverageMilliseconds, 1);
    }

    private async Task<bool> EnterAsync(InstanceLoad load) => await load.TryEnterAsync(_time, TimeSpan.FromSeconds(5), CancellationToken.None) is not null;

    private async Task TakeAsync(InstanceLoad load, int milliseconds, bool answered)
    {
        var started = _time.GetTimestamp();
        await EnterAsync(load);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        load.Exit(_time, started, answered);
    }
}
