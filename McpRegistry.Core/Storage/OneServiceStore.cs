using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage;

/// <summary>Holds the one service a process was started for. Nothing can be added, replaced or removed.</summary>
internal sealed class OneServiceStore(ServiceRegistration registration) : IRegistryStore
{
    public ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken) => new([registration]);

    public ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken) => new(false);

    public ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) => new(false);

    public ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken) => new(false);
}
