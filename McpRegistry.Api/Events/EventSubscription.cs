using System.Threading.Channels;

using McpRegistry.Core.State;

namespace McpRegistry.Api.Events;

/// <summary>The changes one subscriber has not read yet. A slow reader costs a bounded queue; what does not fit is dropped and told as one "look again".</summary>
internal sealed class EventSubscription : IDisposable
{
    private readonly Channel<RegistryChange> _changes = Channel.CreateBounded<RegistryChange>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly IDisposable _subscription;
    private int _hasDropped;

    public EventSubscription(RegistryState state) => _subscription = state.Subscribe(Add);

    public const int Capacity = 256;

    /// <summary>Waits until there is something to read.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _changes.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes all that waits.</summary>
    /// <returns>False: changes were dropped, before or while this was read, and there is only "look again" to tell.</returns>
    public bool TryTake(List<RegistryChange> changes)
    {
        if (TakeDropped()) return false;
        while (TryRead(out var change)) changes.Add(change!);
        // Told now: nothing may wake the reader for a long time.
        return !TakeDropped();
    }

    /// <summary>True once when changes were dropped; what was queued is forgotten, for it is old news.</summary>
    public bool TakeDropped()
    {
        if (Interlocked.Exchange(ref _hasDropped, 0) == 0) return false;
        while (_changes.Reader.TryRead(out _)) { }
        return true;
    }

    public bool TryRead(out RegistryChange? change) => _changes.Reader.TryRead(out change);

    public void Dispose() => _subscription.Dispose();

    private void Add(RegistryChange change)
    {
        if (_changes.Writer.TryWrite(change)) return;
        Volatile.Write(ref _hasDropped, 1);
        // The reader may have emptied the queue meanwhile, and waits: what it finds now wakes it, and it sees that it missed something.
        // Where the queue is full still, the reader is not done with it, and looks once more when it is.
        _changes.Writer.TryWrite(change);
    }
}
