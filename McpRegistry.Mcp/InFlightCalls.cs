namespace McpRegistry.Mcp;

/// <summary>The calls of one session that are being worked on, by the raw bytes of their ids, so that <c>notifications/cancelled</c> finds them.</summary>
internal sealed class InFlightCalls
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ReadOnlyMemory<byte>, Call> _calls = new(RawIdComparer.Instance);

    public bool IsEmpty
    {
        get { lock (_lock) return _calls.Count == 0; }
    }

    /// <summary>How many of them are with a service now.</summary>
    public int CountOf(string service)
    {
        lock (_lock) return _calls.Values.Count(one => one.Service == service);
    }

    /// <summary>Enters a call; dispose what is returned before the id's buffer goes.</summary>
    public Call Begin(ReadOnlyMemory<byte> id)
    {
        var call = new Call(this, id);
        // A client that uses an id twice at once can cancel the first only.
        lock (_lock) _calls.TryAdd(id, call);
        return call;
    }

    /// <summary>Cancels a call; nothing happens when it is over or never was.</summary>
    public void Cancel(ReadOnlyMemory<byte> id)
    {
        Call? call;
        lock (_lock) _calls.TryGetValue(id, out call);
        call?.Cancel();
    }

    /// <summary>Cancels all of them, at the end of the session.</summary>
    public void CancelAll()
    {
        Call[] calls;
        lock (_lock) calls = [.. _calls.Values];
        foreach (var call in calls) call.Cancel();
    }

    private void End(Call call)
    {
        lock (_lock)
            if (_calls.TryGetValue(call.Id, out var entered) && entered == call) _calls.Remove(call.Id);
    }

    /// <summary>One of them.</summary>
    internal sealed class Call(InFlightCalls owner, ReadOnlyMemory<byte> id) : IDisposable
    {
        private readonly CancellationTokenSource _source = new();

        public ReadOnlyMemory<byte> Id => id;

        public CancellationToken Token => _source.Token;

        /// <summary>The service it was sent to. Null: none yet, or it is answered here.</summary>
        public string? Service { get; set; }

        public void Cancel()
        {
            try { _source.Cancel(); }
            catch (ObjectDisposedException)
            {
                // It ended between being found and being cancelled.
            }
        }

        public void Dispose()
        {
            owner.End(this);
            _source.Dispose();
        }
    }

    private sealed class RawIdComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly RawIdComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
