namespace McpRegistry.Core.Sealing;

/// <summary>What a seal vouches for. Each has a key of its own, so that what was sealed as one never passes for another.</summary>
public enum SealPurpose
{
    /// <summary>A registration in the shared store.</summary>
    Record,

    /// <summary>Where a replica is reached.</summary>
    Replica,

    /// <summary>Who holds a lease.</summary>
    Lease,

    /// <summary>What the worker that leads says of an instance.</summary>
    Verdict,

    /// <summary>A client's session, for the replica that takes it over.</summary>
    Session,

    /// <summary>A request that one replica passes on to another.</summary>
    Relay,
}
