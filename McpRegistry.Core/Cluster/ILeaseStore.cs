namespace McpRegistry.Core.Cluster;

/// <summary>Says who of several processes may do what only one should do. Every method is one atomic step.</summary>
/// <exception cref="Storage.RegistryStoreException">Thrown by every method: the store is away; nobody knows whether the step was made.</exception>
internal interface ILeaseStore
{
    /// <summary>Takes a lease that nobody holds.</summary>
    /// <param name="name">What it is for.</param>
    /// <param name="owner">Who asks; unique to the process.</param>
    /// <param name="duration">How long it is held without an extension, by the store's clock.</param>
    /// <param name="knownToken">The highest token this process has seen (0: none); the new one is higher, even when the store forgot everything.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<LeaseAnswer> TryTakeAsync(string name, string owner, TimeSpan duration, long knownToken, CancellationToken cancellationToken);

    /// <summary>Extends a lease that this owner holds with this token; false when it does not hold it any more.</summary>
    ValueTask<bool> TryExtendAsync(string name, string owner, long token, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Gives a lease back, if it is held, and tells the others.</summary>
    ValueTask ReleaseAsync(string name, string owner, long token, CancellationToken cancellationToken);

    /// <summary>Nobody here asks for this lease any more: what is remembered of it goes. Should somebody ask again, the store itself knows the newest token.</summary>
    void Forget(string name);

    /// <summary>Raised with a lease's name when its owner gave it back, on any thread: handlers must return at once.</summary>
    event Action<string>? Released;
}

/// <summary>What became of the wish for a lease.</summary>
/// <param name="Token">The fencing token: higher than any before it for this lease. 0: somebody else holds the lease.</param>
/// <param name="Owner">Who holds the lease now.</param>
/// <param name="Remaining">How long it is held without an extension.</param>
internal readonly record struct LeaseAnswer(long Token, string Owner, TimeSpan Remaining)
{
    /// <summary>True when the asker holds the lease now.</summary>
    public bool IsTaken => Token != 0;
}
