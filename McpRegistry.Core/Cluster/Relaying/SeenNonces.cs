namespace McpRegistry.Core.Cluster.Relaying;

/// <summary>Remembers what was seen, for a while and up to twice as long: two sets, of which the older one goes.</summary>
internal sealed class SeenNonces(TimeProvider time, TimeSpan atLeast)
{
    private readonly Lock _lock = new();
    private HashSet<string> _now = new(StringComparer.Ordinal);
    private HashSet<string> _before = new(StringComparer.Ordinal);
    private long _since = time.GetTimestamp();

    /// <summary>False: it was seen before.</summary>
    public bool TryAdd(string nonce)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_since) >= atLeast)
            {
                (_before, _now) = (_now, new HashSet<string>(StringComparer.Ordinal));
                _since = time.GetTimestamp();
            }
            return !_before.Contains(nonce) && _now.Add(nonce);
        }
    }
}
