namespace McpRegistry.Core.Health;

/// <summary>How long a probe may take; a doubt that comes up meanwhile can shorten it.</summary>
internal sealed class ProbeDeadline(TimeSpan limit, TimeProvider time, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _limit = new(Timeout.InfiniteTimeSpan, time);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _both;
    private long _endsAt = long.MaxValue;

    /// <summary>Starts the clock.</summary>
    public CancellationToken Start()
    {
        _both = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, stopping);
        Shorten(limit);
        return _both.Token;
    }

    public void Shorten(TimeSpan rest)
    {
        lock (_gate)
        {
            var endsAt = time.GetTimestamp() + (long)(rest.TotalSeconds * time.TimestampFrequency);
            if (endsAt >= _endsAt) return;
            _endsAt = endsAt;
            _limit.CancelAfter(rest);
        }
    }

    public void Dispose()
    {
        // A doubt may hold on to us until now; nothing is shorter than this.
        lock (_gate) _endsAt = long.MinValue;
        _both?.Dispose();
        _limit.Dispose();
    }
}
