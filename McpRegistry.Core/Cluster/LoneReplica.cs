namespace McpRegistry.Core.Cluster;

/// <summary>The directory of a process that runs alone.</summary>
internal sealed class LoneReplica : IReplicaDirectory
{
    public string Self { get; } = ReplicaId.New();

    public Uri? OwnAddress => null;

    public Uri? AddressOf(string replica) => null;
}
