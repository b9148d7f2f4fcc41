namespace McpRegistry.Core.Cluster;

/// <summary>How a worker stands among the others.</summary>
public interface ILeaderStanding
{
    /// <summary>True while this worker leads: it watches all instances.</summary>
    bool Leads { get; }

    /// <summary>True while the store that decides who leads answers.</summary>
    bool IsStoreUp { get; }
}
