namespace McpRegistry.Core.State;

/// <summary>How many calls an instance has in flight, how many it may have, and how long they take.</summary>
public sealed class InstanceLoad(int maxInFlight, int maxQueued) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxInFlight, maxInFlight);
    private int _inFlight;
    private int _queued;
    private double _averageMilliseconds;

    /// <summary>Calls in flight now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Exponentially weighted moving average of the call latency in milliseconds; 0 before the first call.</summary>
    public double AverageMilliseconds => Volatile.Read(ref _averageMilliseconds);

    /// <summary>What <c>LatencyAware</c> compares: average latency × (calls in flight + 1). Lower is better.</summary>
    public double Score => Math.Max(AverageMilliseconds, 0.01) * (InFlight + 1);

    /// <summary>Takes a slot, waiting for one if the queue has room.</summary>
    /// <returns>False: too many calls wait already, or no slot came free in time.</returns>
    public ValueTask<bool> TryEnterAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (!_slots.Wait(0, CancellationToken.None)) return EnterQueuedAsync(maxWait, cancellationToken);
        Interlocked.Increment(ref _inFlight);
        return ValueTask.FromResult(true);
    }

    /// <summary>Gives the slot back.</summary>
    /// <param name="elapsed">How long the call took. Null: it does not count for the average (it failed or was cancelled).</param>
    public void Exit(TimeSpan? elapsed)
    {
        Interlocked.Decrement(ref _inFlight);
        _slots.Release();
        if (elapsed is not { } time) return;
        var average = AverageMilliseconds;
        // A lost update between two threads costs one sample of many; a lock would cost every call.
        Volatile.Write(ref _averageMilliseconds, average == 0 ? time.TotalMilliseconds : average + (time.TotalMilliseconds - average) * SampleWeight);
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async ValueTask<bool> EnterQueuedAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _queued) > maxQueued)
        {
            Interlocked.Decrement(ref _queued);
            return false;
        }

        try
        {
            if (!await _slots.WaitAsync(maxWait, cancellationToken)) return false;
            Interlocked.Increment(ref _inFlight);
            return true;
        }
        finally { Interlocked.Decrement(ref _queued); }
    }

    private const double SampleWeight = 0.2;
}
