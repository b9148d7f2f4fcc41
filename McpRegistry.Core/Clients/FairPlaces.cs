namespace McpRegistry.Core.Clients;

/// <summary>
/// A number of places for all clients. As long as there are free ones anybody may have any number of them; when there are none, a
/// client that has fewer than the one with the most takes the oldest place of that one. So nobody who holds many keeps others out.
/// </summary>
/// <param name="max">The places.</param>
public sealed class FairPlaces(int max)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ClientKey, Holder> _holders = [];
    private readonly SortedSet<Holder> _bySize = new(Comparer<Holder>.Create(static (one, other) =>
        one.Places.Count != other.Places.Count ? one.Places.Count.CompareTo(other.Places.Count) : one.Number.CompareTo(other.Number)));

    private long _lastNumber;
    private int _count;

    /// <summary>How many are taken.</summary>
    public int Count
    {
        get { lock (_lock) return _count; }
    }

    /// <summary>Takes a place. Null: there is none for this client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="leave">Ends what has the place, when another client needs it. Called at most once, on the other client's thread.</param>
    public Place? TryEnter(ClientKey client, Action leave)
    {
        Place? displaced = null;
        Place place;
        lock (_lock)
        {
            if (_count >= max)
            {
                var most = _bySize.Max;
                if (most is null || most.Places.Count <= (_holders.GetValueOrDefault(client)?.Places.Count ?? 0) + 1) return null;
                displaced = most.Places.First!.Value;
                Remove(displaced);
            }

            place = Add(client, leave);
        }

        displaced?.Leave();
        return place;
    }

    private Place Add(ClientKey client, Action leave)
    {
        if (_holders.TryGetValue(client, out var holder)) _bySize.Remove(holder);
        else _holders[client] = holder = new Holder(client, _lastNumber++);
        var place = new Place(this, holder, leave);
        place.Node = holder.Places.AddLast(place);
        _bySize.Add(holder);
        _count++;
        return place;
    }

    private void Remove(Place place)
    {
        if (place.Node is not { } node) return;
        place.Node = null;
        var holder = place.Holder;
        _bySize.Remove(holder);
        holder.Places.Remove(node);
        if (holder.Places.Count == 0) _holders.Remove(holder.Client);
        else _bySize.Add(holder);
        _count--;
    }

    /// <summary>A place that is taken; dispose it to give it back.</summary>
    public sealed class Place : IDisposable
    {
        private readonly FairPlaces _places;
        private readonly Action _leave;

        internal Place(FairPlaces places, Holder holder, Action leave)
        {
            _places = places;
            _leave = leave;
            Holder = holder;
        }

        internal Holder Holder { get; }

        internal LinkedListNode<Place>? Node { get; set; }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_places._lock) _places.Remove(this);
        }

        internal void Leave() => _leave();
    }

    /// <summary>What one client has.</summary>
    internal sealed class Holder(ClientKey client, long number)
    {
        public ClientKey Client => client;

        public long Number => number;

        public LinkedList<Place> Places { get; } = [];
    }
}
