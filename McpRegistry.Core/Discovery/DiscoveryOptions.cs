using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Discovery;

/// <summary>Where services are found, section <c>McpRegistry:Discovery</c>.</summary>
public sealed class DiscoveryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Discovery";

    /// <summary>
    /// The file of services; <c>none</c>: no file is read. A relative path is looked for in the content root, then in the current directory. Default null:
    /// <c>mcp-servers.json</c>, in a content root that was named or in a current directory below which the gateway's program lies.
    /// </summary>
    // Somebody whose file is called so writes ./none.
    public string? File { get; set; }

    internal bool HasNoFile => "none".Equals(File, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the file is taken although others may write to it, or it belongs to another user: for containers into which a file of the
    /// host is mounted. Default false.
    /// </summary>
    public bool AllowSharedFile { get; set; }

    /// <summary>
    /// Whether a change of the file is applied while the registry runs: <c>true</c>, <c>false</c>, or <c>approve</c>: applied, but a command
    /// that is new or was changed is not started before it is approved, also not by a restart. Default <c>true</c>.
    /// </summary>
    [RegularExpression("(?i)(true|false|approve)")]
    public string Watch { get; set; } = "true";

    internal bool WantsApproval => Watch.Equals("approve", StringComparison.OrdinalIgnoreCase);

    internal bool IsWatched => !Watch.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary>How often the file is looked at besides being watched: watches miss what network drives and some editors do. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the file must be quiet before a change is read. Default 0.3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Debounce { get; set; } = TimeSpan.FromSeconds(0.3);
}
