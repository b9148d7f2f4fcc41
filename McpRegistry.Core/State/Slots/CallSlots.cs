using System.Runtime.InteropServices;

using McpRegistry.Core.Clients;

namespace McpRegistry.Core.State.Slots;

/// <summary>
/// The slots of one instance and the queue for them. One client alone may have all of both. Where there is more than one, a slot that
/// comes free goes to who has the fewest, a full queue lets go of a call of who has the most there, and a quarter more than the limit is
/// kept for clients that have few calls: so nobody who holds all slots, or left them behind, keeps others out.
/// </summary>
/// <param name="max">Calls in flight. Below four nothing more is kept: such an instance can bear no more.</param>
/// <param name="maxQueued">Calls that may wait.</param>
internal sealed class CallSlots(int max, int maxQueued)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ClientKey, int> _held = [];
    private readonly List<SlotWait> _waiting = [];
    private readonly int _share = max / 4;

    // One client alone, which is the usual case, needs no table: it stands here, and never in both places.
    private ClientKey _first;
    private int _heldByFirst;
    private int _inFlight;

    /// <summary>Calls in flight now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Takes a slot if there is one.</summary>
    /// <returns>Whether no other call is in flight. Null: there is no slot.</returns>
    public bool? TryEnter(ClientKey client)
    {
        lock (_lock)
        {
            // Who waits comes first; for whom a slot is kept waits for nobody.
            if (_waiting.Count > 0 ? !IsKeptFor(client) : !HasSlotFor(client)) return null;
            return Take(client);
        }
    }

    /// <summary>Takes a slot, waiting for one if the queue has room.</summary>
    /// <param name="client">The client.</param>
    /// <param name="maxWait">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether no other call is in flight. Null: too many calls wait already, or no slot came free in time.</returns>
    public async ValueTask<bool?> EnterAsync(ClientKey client, TimeSpan maxWait, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Enqueue(client, maxWait) is not { } wait) return null;
        try { return await wait.Granted.WaitAsync(maxWait, time, cancellationToken); }
        catch (TimeoutException) { return TryLeave(wait) ? null : await wait.Granted; }
        catch (OperationCanceledException)
        {
            // It was granted in the same moment.
            if (!TryLeave(wait) && await wait.Granted is not null) Exit(client);
            throw;
        }
    }

    /// <summary>Gives a slot back.</summary>
    public void Exit(ClientKey client)
    {
        lock (_lock)
        {
            _inFlight--;
            Count(client, -1);
            if (_waiting.Count > 0) GrantWaiting();
        }
    }

    private SlotWait? Enqueue(ClientKey client, TimeSpan maxWait)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && HasSlotFor(client))
            {
                var over = new SlotWait(client);
                over.Grant(Take(client));
                return over;
            }

            if (maxWait <= TimeSpan.Zero) return null;
            if (_waiting.Count >= maxQueued)
            {
                if (SlotQueue.OneToLetGo(_waiting, client) is not { } other) return null;
                _waiting.Remove(other);
                other.LetGo();
            }

            var wait = new SlotWait(client);
            _waiting.Add(wait);
            return wait;
        }
    }

    private bool TryLeave(SlotWait wait)
    {
        lock (_lock) return _waiting.Remove(wait);
    }

    private void GrantWaiting()
    {
        while (SlotQueue.NextOf(_waiting, HasSlotFor, HeldBy) is { } next)
        {
            _waiting.Remove(next);
            next.Grant(Take(next.Client));
        }
    }

    private bool HasSlotFor(ClientKey client) => _inFlight < max || IsKeptFor(client);

    // For who is not known nothing is kept.
    private bool IsKeptFor(ClientKey client) =>
        client.Address is not null
        && ((_inFlight < max + _share && HeldBy(client.Whole) < _share)
            // Programs of one machine have one address: half of it is kept for sessions that have few.
            || (client.Session is not null && _inFlight < max + _share / 2 && HeldBy(client) < Math.Max(1, _share / 4)));

    private int HeldBy(ClientKey client) => client == _first ? _heldByFirst : _held.GetValueOrDefault(client);

    private bool Take(ClientKey client)
    {
        _inFlight++;
        Count(client, 1);
        return _inFlight == 1;
    }

    private void Count(ClientKey client, int by)
    {
        if (client.Address is null) return;
        Add(client.Whole, by);
        if (client.Session is not null) Add(client, by);
    }

    private void Add(ClientKey client, int by)
    {
        if (_heldByFirst == 0 && _held.Count == 0) _first = client;
        if (client == _first)
        {
            _heldByFirst += by;
            return;
        }

        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_held, client, out _);
        held += by;
        if (held == 0) _held.Remove(client);
    }
}
