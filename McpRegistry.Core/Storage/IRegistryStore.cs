using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage;

/// <summary>Keeps the registrations made over REST. What a method has acknowledged survives the process.</summary>
public interface IRegistryStore
{
    /// <summary>All registrations, by name.</summary>
    ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds one; false when the name is taken.</summary>
    ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken);

    /// <summary>Replaces one; false when there is none of that name.</summary>
    ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken);

    /// <summary>Removes one; false when there is none of that name.</summary>
    ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken);
}
