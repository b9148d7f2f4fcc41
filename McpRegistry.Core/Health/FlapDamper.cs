namespace McpRegistry.Core.Health;

/// <summary>Notices an instance that comes and goes all the time, so that it costs a few events and not hundreds. Not safe for many threads.</summary>
internal sealed class FlapDamper(TimeProvider time)
{
    public const int MostTransitions = 5;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(15);

    private readonly Queue<long> _transitions = new(MostTransitions + 1);
    private TimeSpan _lastHold;
    private long _lastHoldAt;

    /// <summary>Tells of one more transition.</summary>
    /// <returns>How long to hold the instance down. Null: it is steady enough.</returns>
    public TimeSpan? Record()
    {
        var now = time.GetTimestamp();
        while (_transitions.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= Window) _transitions.Dequeue();
        _transitions.Enqueue(now);
        if (_transitions.Count <= MostTransitions) return null;

        _transitions.Clear();
        var isForgotten = time.GetElapsedTime(_lastHoldAt, now) >= _lastHold + ForgottenAfter;
        _lastHold = _lastHold == TimeSpan.Zero || isForgotten ? FirstHold : Min(_lastHold * 2, LongestHold);
        _lastHoldAt = now;
        return _lastHold;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
