using McpRegistry.Core.Clients;

namespace McpRegistry.Mcp.Clients;

/// <summary>
/// How many sessions that nobody has a client may ask for. Each costs questions to the store and to another replica; who asks for
/// too many is told to slow down before any is put.
/// </summary>
internal sealed class UnknownSessions(TimeProvider time)
{
    // As many at once as clients there may be behind a proxy whose sessions were lost together.
    private const double Burst = 1000;
    private const double PerSecond = 50;
    private const int MostClients = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ClientKey, (double Left, long At)> _clients = [];

    /// <summary>True while the client may ask for a session that is not here.</summary>
    public bool MayAsk(ClientKey client)
    {
        lock (_lock) return LeftOf(client) >= 1;
    }

    /// <summary>Notes that a client asked for a session that nobody has.</summary>
    public void Note(ClientKey client)
    {
        lock (_lock)
        {
            var left = LeftOf(client);
            // Forgetting is in favour of the clients.
            if (_clients.Count >= MostClients) _clients.Clear();
            _clients[client] = (Math.Max(0, left - 1), time.GetTimestamp());
        }
    }

    private double LeftOf(ClientKey client) =>
        _clients.TryGetValue(client, out var known) ? Math.Min(Burst, known.Left + time.GetElapsedTime(known.At).TotalSeconds * PerSecond) : Burst;
}
