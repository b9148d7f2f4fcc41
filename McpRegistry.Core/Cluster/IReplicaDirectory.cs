namespace McpRegistry.Core.Cluster;

/// <summary>The gateways that run side by side. Reads come from memory, never from the store.</summary>
public interface IReplicaDirectory
{
    /// <summary>The id of this process: short, lowercase letters and digits, new at each start.</summary>
    string Self { get; }

    /// <summary>Where other replicas reach this one. Null: it runs alone, or does not listen yet.</summary>
    Uri? OwnAddress { get; }

    /// <summary>Where a replica is reached. Null: it is not known, or has not been heard of for some time.</summary>
    Uri? AddressOf(string replica);
}
