using System.Collections.Immutable;

namespace McpRegistry.Core.Cluster;

/// <summary>Where the replicas tell each other that they are there.</summary>
/// <exception cref="Storage.RegistryStoreException">Thrown by every method: the store is away.</exception>
internal interface IReplicaPresence
{
    /// <summary>Raised when somebody came or left, or the store is back, on any thread: handlers must return at once.</summary>
    event Action? Changed;

    /// <summary>Says that a replica is there, and asks who else is.</summary>
    /// <param name="replica">Who says so.</param>
    /// <param name="address">Where it is reached. Null: nowhere yet, it only asks.</param>
    /// <param name="life">How long that holds without being said again, by the store's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<ImmutableDictionary<string, Uri>> AnnounceAsync(string replica, Uri? address, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Says that a replica takes nothing more from others.</summary>
    ValueTask LeaveAsync(string replica, CancellationToken cancellationToken);
}
