using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Cluster;

/// <summary>How processes that share a store live together, section <c>McpRegistry:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Cluster";

    /// <summary>Where the other replicas reach this one, such as <c>http://10.0.0.7:8080</c>. Default none: the first address the server listens on, or the machine's own where it listens on all.</summary>
    [Url]
    public string? Address { get; set; }

    /// <summary>
    /// What to do with a store that comes back empty or older than what this process knows. False (default): put back what is known.
    /// True: take over what is there, as after the store was emptied on purpose.
    /// </summary>
    public bool AcceptEmpty { get; set; }

    /// <summary>
    /// The file that remembers what the store held, for a start while it is away. Null: <c>redis-snapshot.json</c> in the folder where the
    /// embedded store would lie.
    /// </summary>
    public string? SnapshotPath { get; set; }
}
