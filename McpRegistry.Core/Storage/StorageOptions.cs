using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Storage;

/// <summary>Where registrations made over REST are kept, section <c>McpRegistry:Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Storage";

    /// <summary>
    /// The database file; its key file lies beside it. Null: <c>mcp-registry/registry.db</c> in the user's data folder
    /// (<c>$XDG_DATA_HOME</c>, <c>~/.local/share</c>, <c>%LOCALAPPDATA%</c>).
    /// </summary>
    public string? Path { get; set; }

    /// <summary>How long a write waits while another process holds the database. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
