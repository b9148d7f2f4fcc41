using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Cluster;

/// <summary>The verdicts of the worker that leads. A verdict that is read carries its age by the store's clock; one that is heard is new.</summary>
internal interface ISharedHealth : ISharedFeed<ImmutableArray<SharedVerdict>>
{
    /// <summary>Writes verdicts and tells of them, in one atomic step.</summary>
    /// <param name="token">The fencing token of the lease <see cref="LeaderLease.Name"/>.</param>
    /// <param name="verdicts">What was found since the last write; their age counts as none.</param>
    /// <param name="gone">Instances that are no more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False: the token is not the newest that was ever given out, another worker leads; nothing was written.</returns>
    /// <exception cref="Storage.RegistryStoreException">The store is away; nobody knows whether it was written.</exception>
    ValueTask<bool> TryWriteAsync(long token, IReadOnlyCollection<SharedVerdict> verdicts, IReadOnlyCollection<InstanceName> gone, CancellationToken cancellationToken);
}
