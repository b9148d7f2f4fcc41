namespace McpRegistry.Mcp.Clients;

/// <summary>
/// The clients that make something wait just now, who waited longest first: whose patience is over is cut, and when others need the room
/// everybody who has waited for long. One timer for all of them: most wait for a moment only.
/// </summary>
/// <param name="patience">How long a client may read nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class SlowReaders(TimeSpan patience, TimeProvider time)
{
    // Within this any client may be slow for a moment.
    private static readonly TimeSpan Spared = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<(HttpContext Http, long Since)> _waiting = [];
    private ITimer? _timer;
    private bool _isTimed;

    public LinkedListNode<(HttpContext Http, long Since)> Add(HttpContext http)
    {
        lock (_lock)
        {
            var reader = _waiting.AddLast((http, time.GetTimestamp()));
            if (!_isTimed) Wake(patience);
            return reader;
        }
    }

    public void Remove(LinkedListNode<(HttpContext Http, long Since)> reader)
    {
        lock (_lock) _waiting.Remove(reader);
    }

    /// <summary>Cuts those that have waited for long.</summary>
    public void Cut() => Cut(Spared);

    private void Cut(TimeSpan after)
    {
        List<HttpContext> cut = [];
        lock (_lock)
        {
            foreach (var (http, since) in _waiting)
            {
                if (time.GetElapsedTime(since) < after) break;
                cut.Add(http);
            }
        }

        foreach (var http in cut) http.Abort();
    }

    private void PatienceIsOver()
    {
        Cut(patience);
        lock (_lock)
        {
            _isTimed = false;
            // Who was cut is still there until its write has ended.
            foreach (var (_, since) in _waiting)
            {
                if (patience - time.GetElapsedTime(since) is not { Ticks: > 0 } left) continue;
                Wake(left);
                return;
            }
        }
    }

    private void Wake(TimeSpan after)
    {
        _isTimed = true;
        // A timer may come a little early, and would find nobody.
        after += TimeSpan.FromMilliseconds(1);
        if (_timer is null) _timer = time.CreateTimer(_ => PatienceIsOver(), null, after, Timeout.InfiniteTimeSpan);
        else _timer.Change(after, Timeout.InfiniteTimeSpan);
    }
}
