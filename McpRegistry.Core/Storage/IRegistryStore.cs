using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage;

/// <summary>Keeps the registrations made over REST, and what operators said of instances. What a method has acknowledged survives the process.</summary>
/// <exception cref="RegistryStoreException">Thrown by every method: the store is away, and nothing was stored as far as it could tell.</exception>
public interface IRegistryStore
{
    /// <summary>True when values that are secret may be stored. False: only references (<c>env:</c>, <c>file:</c>) to them.</summary>
    bool KeepsSecrets { get; }

    /// <summary>
    /// True when only processes of this registry can have written what it holds. False: whoever else may write there can have, so nothing
    /// it says starts a program or reads a variable or file of this process. Default true.
    /// </summary>
    bool IsOurs => true;

    /// <summary>All registrations, by name.</summary>
    ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds one; false when the name is taken.</summary>
    ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the registration that <paramref name="registration"/> was made from: same name, same
    /// <see cref="ServiceRegistration.CreatedAt"/>, one <see cref="ServiceRegistration.Version"/> earlier.
    /// </summary>
    /// <returns>False: it is gone, or somebody else changed it meanwhile. Look again.</returns>
    ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken);

    /// <summary>Removes one; false when there is none of that name.</summary>
    ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>The instances that get no new calls by an operator's wish, whoever registered their service.</summary>
    ValueTask<ImmutableArray<InstanceName>> ListDrainedAsync(CancellationToken cancellationToken);

    /// <summary>Notes or takes back that an instance is to get no new calls.</summary>
    ValueTask SetDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken);
}
