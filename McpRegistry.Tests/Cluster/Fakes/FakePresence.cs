using System.Collections.Immutable;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>A presence board in memory, which forgets only when a test says so.</summary>
internal sealed class FakePresence : IReplicaPresence
{
    private readonly Lock _lock = new();
    private ImmutableDictionary<string, Uri> _there = ImmutableDictionary<string, Uri>.Empty;
    private int _announced;

    public event Action? Changed;

    public bool IsAway { get; set; }

    public int Announced => Volatile.Read(ref _announced);

    public ImmutableDictionary<string, Uri> There
    {
        get { lock (_lock) return _there; }
    }

    public void Set(string replica, string? address)
    {
        lock (_lock) _there = address is null ? _there.Remove(replica) : _there.SetItem(replica, new Uri(address));
        Changed?.Invoke();
    }

    public ValueTask<ImmutableDictionary<string, Uri>> AnnounceAsync(string replica, Uri? address, TimeSpan life, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _announced);
        if (IsAway) throw new RegistryStoreException("It is away.");
        lock (_lock)
        {
            if (address is not null) _there = _there.SetItem(replica, address);
            return ValueTask.FromResult(_there);
        }
    }

    public ValueTask LeaveAsync(string replica, CancellationToken cancellationToken)
    {
        if (IsAway) throw new RegistryStoreException("It is away.");
        Set(replica, null);
        return ValueTask.CompletedTask;
    }
}
