using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Cluster;

/// <summary>How several gateways work together, section <c>McpRegistry:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Cluster";

    /// <summary>Where the other replicas reach this one, such as <c>http://10.0.0.7:8080</c>. Default none: the first address the server listens on.</summary>
    [Url]
    public string? Address { get; set; }
}
