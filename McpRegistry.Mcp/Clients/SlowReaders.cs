namespace McpRegistry.Mcp.Clients;

/// <summary>The clients that make something wait just now, and what becomes of them when others need the room.</summary>
internal sealed class SlowReaders(TimeProvider time)
{
    // Within this any client may be slow for a moment.
    private static readonly TimeSpan Spared = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<(HttpContext Http, long Since)> _waiting = [];

    public LinkedListNode<(HttpContext Http, long Since)> Add(HttpContext http)
    {
        lock (_lock) return _waiting.AddLast((http, time.GetTimestamp()));
    }

    public void Remove(LinkedListNode<(HttpContext Http, long Since)> reader)
    {
        lock (_lock) _waiting.Remove(reader);
    }

    /// <summary>Cuts those that have waited for long.</summary>
    public void Cut()
    {
        List<HttpContext> cut = [];
        lock (_lock)
        {
            foreach (var (http, since) in _waiting)
            {
                if (time.GetElapsedTime(since) < Spared) break;
                cut.Add(http);
            }
        }

        foreach (var http in cut) http.Abort();
    }
}
