using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Clients;

/// <summary>What a client may do to the others, section <c>McpRegistry:Clients</c>.</summary>
public sealed class ClientOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Clients";

    /// <summary>How long a client may read nothing of what was written to it; then its connection is cut. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most that may wait on one stream of events for a client that reads slowly. Default 1 MiB; what does not fit is dropped, and of progress the newest is kept.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxWaitingBytes { get; set; } = 1024 * 1024;
}
