namespace McpRegistry.Core.State;

/// <summary>
/// Whether the snapshot may lack what other processes registered, because the store they share is away or was not read again since
/// it came back. An embedded store has no other writers: with it everything is always fresh.
/// </summary>
public sealed class RegistryFreshness(TimeProvider time)
{
    private readonly Lock _changing = new();
    private volatile Standing _now = new(IsLoaded: true, BehindSince: null, BehindBefore: TimeSpan.Zero);
    private long _confirmedAt = time.GetTimestamp();
    private int _doubts;

    /// <summary>True once the stored registrations are known, be it from the last time the store was there.</summary>
    public bool IsLoaded => _now.IsLoaded;

    /// <summary>For how long the snapshot may lack changes. Null: it has them all.</summary>
    public TimeSpan? StaleFor => _now is { BehindSince: { } since } now ? time.GetElapsedTime(since) + now.BehindBefore : null;

    /// <summary>True while the snapshot has all changes; only then a change may be made, lest it be made to data that are about to be replaced.</summary>
    internal bool IsInStep => _now.BehindSince is null;

    /// <summary>Counts the doubts, for <see cref="Confirm"/>.</summary>
    internal int Doubts => Volatile.Read(ref _doubts);

    /// <summary>Nothing is known yet: the shared store is read first.</summary>
    internal void AwaitStore()
    {
        lock (_changing) _now = new Standing(IsLoaded: false, time.GetTimestamp(), TimeSpan.Zero);
    }

    /// <summary>The snapshot is from the last time the store was there.</summary>
    /// <param name="age">How long ago that was.</param>
    internal void Remember(TimeSpan age)
    {
        lock (_changing) _now = new Standing(IsLoaded: true, time.GetTimestamp(), age);
    }

    /// <summary>The store is away, or came back: the snapshot may lack changes since it was last confirmed.</summary>
    internal void Doubt()
    {
        lock (_changing)
        {
            _doubts++;
            if (_now.BehindSince is null) _now = _now with { BehindSince = _confirmedAt, BehindBefore = TimeSpan.Zero };
        }
    }

    /// <summary>The store was read and the snapshot has what it holds.</summary>
    /// <param name="doubts">What <see cref="Doubts"/> said before the store was read; a doubt that came up since stays.</param>
    internal void Confirm(int doubts)
    {
        lock (_changing)
        {
            if (doubts != _doubts) return;
            _confirmedAt = time.GetTimestamp();
            if (_now is not { IsLoaded: true, BehindSince: null }) _now = new Standing(IsLoaded: true, BehindSince: null, TimeSpan.Zero);
        }
    }

    private sealed record Standing(bool IsLoaded, long? BehindSince, TimeSpan BehindBefore);
}
