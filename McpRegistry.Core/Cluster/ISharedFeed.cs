namespace McpRegistry.Core.Cluster;

/// <summary>What one process writes for all others, and how they learn of it.</summary>
/// <typeparam name="T">What is written.</typeparam>
internal interface ISharedFeed<T>
{
    /// <summary>Raised when the store answers again, on any thread: handlers must return at once. Messages may have got lost meanwhile; read.</summary>
    event Action? Reconnected;

    /// <summary>Hears what is written from now on, also after a reconnection. Called on any thread; must return at once.</summary>
    /// <exception cref="Storage.RegistryStoreException">The store is away; nothing is heard.</exception>
    Task SubscribeAsync(Action<T> heard, CancellationToken cancellationToken);

    /// <summary>Everything that is there.</summary>
    /// <exception cref="Storage.RegistryStoreException">The store is away.</exception>
    ValueTask<T> ReadAsync(CancellationToken cancellationToken);
}
