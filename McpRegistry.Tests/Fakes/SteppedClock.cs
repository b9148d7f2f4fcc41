using System.Diagnostics;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Fakes;

/// <summary>
/// A clock that a test moves in steps. What a timer wakes runs on other threads, and on a busy machine not at once: the clock stands
/// still until it has set its next timer, or has had its chance to.
/// </summary>
internal sealed class SteppedClock : FakeTimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Not everything that a timer wakes sets another one.
    private static readonly TimeSpan Chance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    private int _fired;
    private int _set;

    public SteppedClock(DateTimeOffset start) : base(start) { }

    public SteppedClock() { }

    /// <summary>Lets time pass in steps until something is so; fails when it never is.</summary>
    /// <returns>How long it took by this clock.</returns>
    public async Task<TimeSpan> UntilAsync(Func<bool> condition, string what, TimeSpan step)
    {
        var (started, begun) = (GetTimestamp(), Stopwatch.GetTimestamp());
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"It never came to pass: {what}");
            await StepAsync(step, condition);
        }
        return GetElapsedTime(started);
    }

    /// <summary>Lets so much time pass in steps.</summary>
    public Task PassAsync(TimeSpan duration, TimeSpan step)
    {
        var end = GetUtcNow() + duration;
        return UntilAsync(() => GetUtcNow() >= end, $"{duration} pass", step);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // A periodic timer is set for ever; nothing tells when what it wakes has run.
        if (period != Timeout.InfiniteTimeSpan) return base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan) Interlocked.Increment(ref _set);
        return new CountedTimer(this, base.CreateTimer(Fire, state, dueTime, period));

        void Fire(object? given)
        {
            Interlocked.Increment(ref _fired);
            callback(given);
        }
    }

    private async Task StepAsync(TimeSpan step, Func<bool> isEnough)
    {
        var (fired, set) = (Volatile.Read(ref _fired), Volatile.Read(ref _set));
        Advance(step);
        fired = Volatile.Read(ref _fired) - fired;
        var began = Stopwatch.GetTimestamp();
        do await Task.Delay(Look, TimeProvider.System);
        while (Volatile.Read(ref _set) - set < fired && !isEnough() && Stopwatch.GetElapsedTime(began) < Chance);
    }

    private sealed class CountedTimer(SteppedClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan) Interlocked.Increment(ref clock._set);
            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
