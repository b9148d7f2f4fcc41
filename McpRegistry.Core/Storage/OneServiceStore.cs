using System.Collections.Concurrent;
using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage;

/// <summary>Holds the one service a process was started for. Nothing can be added, replaced or removed.</summary>
internal sealed class OneServiceStore(ServiceRegistration registration) : IRegistryStore
{
    private readonly ConcurrentDictionary<InstanceName, bool> _drained = new();

    public bool KeepsSecrets => true;

    public ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken) => new([registration]);

    public ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken) => new(false);

    public ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) => new(false);

    public ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken) => new(false);

    public ValueTask<ImmutableArray<InstanceName>> ListDrainedAsync(CancellationToken cancellationToken) => new([.. _drained.Keys]);

    public ValueTask SetDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken)
    {
        if (drained) _drained[instance] = true;
        else _drained.TryRemove(instance, out _);
        return default;
    }
}
