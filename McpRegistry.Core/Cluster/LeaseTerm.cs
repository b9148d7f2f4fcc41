namespace McpRegistry.Core.Cluster;

/// <summary>One time of holding a lease, from the take to the end.</summary>
internal sealed class LeaseTerm : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _ended;
    private long _goodSince;

    /// <param name="token">The fencing token.</param>
    /// <param name="startedAt">The timestamp of when the take was begun; the store may count from any moment after it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends the term.</param>
    public LeaseTerm(long token, long startedAt, TimeProvider time, CancellationToken stopping)
    {
        Token = token;
        _time = time;
        _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, stopping);
        Ended = _ended.Token;
        Renewed(startedAt);
    }

    public long Token { get; }

    /// <summary>Cancelled when the term ends.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Asks the clock as well: in a process that was just continued after a stop no timer may have fired yet.</summary>
    public bool IsOver => Ended.IsCancellationRequested || Left <= TimeSpan.Zero;

    private TimeSpan Left => LeaseTimes.GiveUp - _time.GetElapsedTime(Volatile.Read(ref _goodSince));

    /// <summary>Tells of a good renewal, by the timestamp of when it was begun.</summary>
    public void Renewed(long startedAt)
    {
        Volatile.Write(ref _goodSince, startedAt);
        if (Left is { } left && left > TimeSpan.Zero) _limit.CancelAfter(left);
        else _limit.Cancel();
    }

    public Task EndAsync() => _limit.CancelAsync();

    public void Dispose()
    {
        _ended.Dispose();
        _limit.Dispose();
    }
}
