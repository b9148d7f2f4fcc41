using System.Collections.Concurrent;
using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.State;

/// <summary>A store in memory; away, or overtaken by somebody else, when the test says so.</summary>
internal sealed class MemoryStore : IRegistryStore
{
    public ConcurrentDictionary<string, ServiceRegistration> Stored { get; } = new();

    public bool IsAway { get; set; }

    public Action? Before { get; set; }

    public ConcurrentDictionary<InstanceName, bool> Drained { get; } = new();

    public bool KeepsSecrets { get; set; } = true;

    public ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Stored.Values.ToImmutableArray());

    public ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken) => Take(() => Stored.TryAdd(registration.Name, registration));

    public ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) => Take(() =>
        Stored.TryGetValue(registration.Name, out var before) && before.Version == registration.Version - 1 && before.CreatedAt == registration.CreatedAt
        && Stored.TryUpdate(registration.Name, registration, before));

    public ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken) => Take(() => Stored.TryRemove(name, out _));

    public ValueTask<ImmutableArray<InstanceName>> ListDrainedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Drained.Keys.ToImmutableArray());

    public async ValueTask SetDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken) =>
        await Take(() => drained ? Drained.TryAdd(instance, true) : Drained.TryRemove(instance, out _));

    private ValueTask<bool> Take(Func<bool> change)
    {
        if (IsAway) throw new RegistryStoreException("away", new IOException());
        var before = Before;
        Before = null;
        before?.Invoke();
        return ValueTask.FromResult(change());
    }
}
