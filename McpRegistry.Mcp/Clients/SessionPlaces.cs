using McpRegistry.Core.Clients;

namespace McpRegistry.Mcp.Clients;

/// <summary>
/// The places of sessions, and who makes room when there are no more: the client that has the most, with a session that was opened and
/// never used before one that was, and of those with one of the longest silent. So a flood of new sessions costs nobody but its sender.
/// What is looked at for that does not grow with the number of sessions.
/// </summary>
/// <param name="max">The places.</param>
/// <param name="time">The clock.</param>
internal sealed class SessionPlaces(int max, TimeProvider time)
{
    // A session that spoke a moment ago is not idle, however many others want its place.
    public static readonly TimeSpan EvictableAfter = TimeSpan.FromMinutes(1);

    // Clients say "initialized" at once.
    private static readonly TimeSpan UsedWithin = TimeSpan.FromSeconds(1);

    private const int MostLookedAt = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<ClientKey, Holder> _holders = [];
    private readonly SortedSet<Holder> _bySize = new(Comparer<Holder>.Create(static (one, other) =>
        one.Count != other.Count ? one.Count.CompareTo(other.Count) : one.Number.CompareTo(other.Number)));

    private long _lastNumber;
    private int _count;

    /// <summary>Takes a place.</summary>
    /// <param name="session">The session.</param>
    /// <param name="displaced">The session that made room; the caller closes it. Null: none had to.</param>
    /// <returns>False: there is none, and whoever could make room is busy.</returns>
    public bool TryAdd(LegacySession session, out LegacySession? displaced)
    {
        displaced = null;
        lock (_lock)
        {
            if (_count >= max)
            {
                var own = _holders.GetValueOrDefault(session.Client);
                var most = _bySize.Max;
                if (most is null) return false;
                if (own is not null && own.Count >= most.Count) most = own;
                displaced = VictimOf(most) ?? (own is null || own == most ? null : VictimOf(own));
                if (displaced is null) return false;
                Drop(displaced);
            }

            if (_holders.TryGetValue(session.Client, out var holder)) _bySize.Remove(holder);
            else _holders[session.Client] = holder = new Holder(session.Client, _lastNumber++);
            session.Place = new Place(holder, holder.Unused.AddLast(session));
            _bySize.Add(holder);
            _count++;
            return true;
        }
    }

    /// <summary>Gives the place back, if it still has one.</summary>
    public void Remove(LegacySession session)
    {
        lock (_lock) Drop(session);
    }

    private void Drop(LegacySession session)
    {
        if (session.Place is not { } place) return;
        session.Place = null;
        _bySize.Remove(place.Holder);
        place.Node.List!.Remove(place.Node);
        if (place.Holder.Count == 0) _holders.Remove(place.Holder.Client);
        else _bySize.Add(place.Holder);
        _count--;
    }

    private LegacySession? VictimOf(Holder holder)
    {
        for (var looked = 0; looked < MostLookedAt && holder.Unused.First is { } oldest; looked++)
        {
            if (!oldest.Value.IsUsed)
            {
                if (SilenceOf(oldest.Value) >= UsedWithin) return oldest.Value;
                break;
            }

            holder.Unused.Remove(oldest);
            holder.Used.AddLast(oldest);
        }

        LegacySession? longest = null;
        for (var looked = Math.Min(MostLookedAt, holder.Used.Count); looked > 0; looked--)
        {
            var next = holder.Used.First!;
            if ((longest is null || next.Value.LastSeen < longest.LastSeen) && SilenceOf(next.Value) >= EvictableAfter && !next.Value.IsBusy) longest = next.Value;
            holder.Used.Remove(next);
            holder.Used.AddLast(next);
        }
        return longest;
    }

    private TimeSpan SilenceOf(LegacySession session) => time.GetElapsedTime(session.LastSeen);

    /// <summary>The sessions of one client, those that came first in front.</summary>
    internal sealed class Holder(ClientKey client, long number)
    {
        public ClientKey Client => client;

        public long Number => number;

        public LinkedList<LegacySession> Unused { get; } = [];

        public LinkedList<LegacySession> Used { get; } = [];

        public int Count => Unused.Count + Used.Count;
    }

    /// <summary>Where a session stands among those of its client.</summary>
    internal sealed record Place(Holder Holder, LinkedListNode<LegacySession> Node);
}
