using System.Collections.Immutable;

namespace McpRegistry.Core.Cluster;

/// <summary>A hash of each service's lists, by service, as the worker that leads read them: whoever has other lists should read them again.</summary>
internal interface ISharedCatalogs : ISharedFeed<ImmutableDictionary<string, string>>
{
    /// <summary>Writes hashes and tells of them, in one atomic step.</summary>
    /// <param name="token">The fencing token of the lease <see cref="LeaderLease.Name"/>.</param>
    /// <param name="hashes">What changed since the last write.</param>
    /// <param name="gone">Services that are no more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False: the token is not the newest that was ever given out, another worker leads; nothing was written.</returns>
    /// <exception cref="Storage.RegistryStoreException">The store is away; nobody knows whether it was written.</exception>
    ValueTask<bool> TryWriteAsync(long token, ImmutableDictionary<string, string> hashes, IReadOnlyCollection<string> gone, CancellationToken cancellationToken);
}
