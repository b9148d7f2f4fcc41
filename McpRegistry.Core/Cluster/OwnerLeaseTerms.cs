using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>What the leases of all pinned services share: the store, who we are, and how much this replica has taken on.</summary>
internal sealed class OwnerLeaseTerms(ILeaseStore store, Func<bool> isStoreUp, IReplicaDirectory replicas, TimeProvider time, Random random, ILogger<OwnerLease> log)
{
    private static readonly TimeSpan LongestHesitation = TimeSpan.FromSeconds(1);
    private const double MuchToDo = 8;

    private int _held;

    public ILeaseStore Store => store;

    public bool IsStoreUp => isStoreUp();

    public string Self => replicas.Self;

    public StdioOwner OwnSelf { get; } = new(replicas.Self, null);

    public TimeProvider Time => time;

    public Random Random => random;

    public ILogger Log => log;

    /// <summary>Where an owner is. Null: it is not known.</summary>
    public StdioOwner? Find(string replica) => replica != replicas.Self && replicas.AddressOf(replica) is { } address ? new StdioOwner(replica, address) : null;

    /// <summary>Notes that one lease more (1) or less (-1) is held.</summary>
    public void Count(int change) => Interlocked.Add(ref _held, change);

    /// <summary>
    /// How long this replica lets others come first: longer the more it runs already, up to a second, so that services spread over
    /// the replicas without anybody telling them.
    /// </summary>
    public TimeSpan Hesitation()
    {
        var held = Volatile.Read(ref _held);
        return LongestHesitation * (held / (held + MuchToDo) * 0.9 + random.NextDouble() * 0.1);
    }
}
