using McpRegistry.Core.Clients;
using McpRegistry.Core.State.Slots;

namespace McpRegistry.Core.State;

/// <summary>How many calls an instance has in flight, how many it may have, and how long they take.</summary>
public sealed class InstanceLoad(int maxInFlight, int maxQueued)
{
    private readonly CallSlots _slots = new(maxInFlight, maxQueued);
    private double _averageMilliseconds;
    private long _silentSince;

    /// <summary>Calls in flight now.</summary>
    public int InFlight => _slots.InFlight;

    /// <summary>Exponentially weighted moving average of the call latency in milliseconds; 0 before the first call.</summary>
    public double AverageMilliseconds => Volatile.Read(ref _averageMilliseconds);

    /// <summary>What <c>LatencyAware</c> compares: average latency × (calls in flight + 1). Lower is better.</summary>
    public double Score => Math.Max(AverageMilliseconds, 0.01) * (InFlight + 1);

    /// <summary>Takes a slot, waiting for one if the queue has room.</summary>
    /// <returns>When the slot was taken, for <see cref="Exit"/>: what a call waits here says nothing of how soon the instance answers. Null: too many calls wait already, or no slot came free in time.</returns>
    /// <param name="time">The provider of the time stamps.</param>
    /// <param name="maxWait">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="client">Who calls. Not given: nobody in particular.</param>
    public ValueTask<long?> TryEnterAsync(TimeProvider time, TimeSpan maxWait, CancellationToken cancellationToken, ClientKey client = default) =>
        _slots.TryEnter(client) is { } isFirst ? ValueTask.FromResult<long?>(Enter(time, isFirst)) : EnterQueuedAsync(time, maxWait, client, cancellationToken);

    /// <summary>Gives the slot back.</summary>
    /// <param name="time">The provider of the time stamps.</param>
    /// <param name="entered">When the slot was taken.</param>
    /// <param name="answered">True when an answer came; only then it counts for the average.</param>
    /// <param name="client">Who took it.</param>
    public void Exit(TimeProvider time, long entered, bool answered, ClientKey client = default)
    {
        _slots.Exit(client);
        if (!answered) return;
        var now = time.GetTimestamp();
        Volatile.Write(ref _silentSince, now);
        var average = AverageMilliseconds;
        var taken = time.GetElapsedTime(entered, now).TotalMilliseconds;
        // A lost update between two threads costs one sample of many; a lock would cost every call.
        Volatile.Write(ref _averageMilliseconds, average == 0 ? taken : average + (taken - average) * SampleWeight);
    }

    /// <summary>How long calls have been in flight without a single answer; zero when none are. A long silence is a reason to probe.</summary>
    public TimeSpan SilentFor(TimeProvider time) => InFlight == 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _silentSince));

    private long Enter(TimeProvider time, bool isFirst)
    {
        var now = time.GetTimestamp();
        if (isFirst) Volatile.Write(ref _silentSince, now);
        return now;
    }

    private async ValueTask<long?> EnterQueuedAsync(TimeProvider time, TimeSpan maxWait, ClientKey client, CancellationToken cancellationToken) =>
        await _slots.EnterAsync(client, maxWait, time, cancellationToken) is { } isFirst ? Enter(time, isFirst) : null;

    private const double SampleWeight = 0.2;
}
