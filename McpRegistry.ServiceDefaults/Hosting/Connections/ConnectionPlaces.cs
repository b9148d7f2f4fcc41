using System.Net;
using System.Net.Sockets;

using Microsoft.AspNetCore.Connections;

namespace McpRegistry.ServiceDefaults.Hosting.Connections;

/// <summary>
/// The connections that are open. Any address may have any number of them while there are places; when there are none, an address that has
/// fewer takes the oldest place of the one with the most. Whoever gets none still comes in by the door of the probes, for a moment.
/// </summary>
/// <param name="max">The places.</param>
/// <param name="maxAtDoor">How many may be at the door at once; the oldest goes when there is one more.</param>
internal sealed class ConnectionPlaces(int max, int maxAtDoor)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Holder> _holders = [];
    private readonly SortedSet<Holder> _bySize = new(Comparer<Holder>.Create(static (one, other) =>
        one.Places.Count != other.Places.Count ? one.Places.Count.CompareTo(other.Places.Count) : one.Number.CompareTo(other.Number)));

    private readonly LinkedList<ConnectionContext> _atDoor = [];
    private long _lastNumber;
    private int _count;

    /// <summary>Lets a connection in until it ends.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="serve">Serves it.</param>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate serve)
    {
        var (place, displaced) = Enter(connection);
        displaced?.Abort(new ConnectionAbortedException("Another client needs the connection."));
        try
        {
            if (place is null) await ServeAtDoorAsync(connection, serve);
            else await serve(connection);
        }
        finally
        {
            if (place is not null) Exit(place);
        }
    }

    private async Task ServeAtDoorAsync(ConnectionContext connection, ConnectionDelegate serve)
    {
        ConnectionContext? oldest = null;
        LinkedListNode<ConnectionContext> node;
        lock (_lock)
        {
            if (_atDoor.Count >= maxAtDoor)
            {
                oldest = _atDoor.First!.Value;
                _atDoor.RemoveFirst();
            }

            node = _atDoor.AddLast(connection);
        }

        // It has had the time that a probe needs.
        oldest?.Abort(new ConnectionAbortedException("Too many connections."));
        ProbeDoor.Enter(connection);
        try { await serve(connection); }
        finally
        {
            ProbeDoor.Leave();
            lock (_lock)
                if (node.List is not null) _atDoor.Remove(node);
        }
    }

    private (Place? Place, ConnectionContext? Displaced) Enter(ConnectionContext connection)
    {
        var address = AddressOf(connection);
        lock (_lock)
        {
            Place? displaced = null;
            if (_count >= max)
            {
                var most = _bySize.Max!;
                if (most.Places.Count <= (_holders.GetValueOrDefault(address)?.Places.Count ?? 0) + 1) return (null, null);
                displaced = most.Places.First!.Value;
                Remove(displaced);
            }

            if (_holders.TryGetValue(address, out var holder)) _bySize.Remove(holder);
            else _holders[address] = holder = new Holder(address, _lastNumber++);
            var place = new Place(connection, holder);
            place.Node = holder.Places.AddLast(place);
            _bySize.Add(holder);
            _count++;
            return (place, displaced?.Connection);
        }
    }

    private void Exit(Place place)
    {
        lock (_lock) Remove(place);
    }

    private void Remove(Place place)
    {
        if (place.Node is not { } node) return;
        place.Node = null;
        _bySize.Remove(place.Holder);
        place.Holder.Places.Remove(node);
        if (place.Holder.Places.Count == 0) _holders.Remove(place.Holder.Address);
        else _bySize.Add(place.Holder);
        _count--;
    }

    // A Unix socket has none, and counts as this machine. Of IPv6 one machine has a whole network of 64 bits for itself.
    private static IPAddress AddressOf(ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address }) return IPAddress.Loopback;
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6 || IPAddress.IsLoopback(address)) return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private sealed class Holder(IPAddress address, long number)
    {
        public IPAddress Address => address;

        public long Number => number;

        public LinkedList<Place> Places { get; } = [];
    }

    private sealed class Place(ConnectionContext connection, Holder holder)
    {
        public ConnectionContext Connection => connection;

        public Holder Holder => holder;

        public LinkedListNode<Place>? Node { get; set; }
    }
}
