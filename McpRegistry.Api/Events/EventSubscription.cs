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
        if (!_changes.Writer.TryWrite(change)) Volatile.Write(ref _hasDropped, 1);
    }
}
