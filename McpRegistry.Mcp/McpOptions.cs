using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Mcp;

/// <summary>Limits and times of the MCP face, section <c>McpRegistry:Mcp</c>.</summary>
public sealed class McpOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Mcp";

    /// <summary>The largest message taken from a client, in bytes. Default 4 MiB; larger ones are answered 413.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Legacy sessions at once. Default 10,000; at the limit the longest idle one makes room.</summary>
    [Range(1, 1_000_000)]
    public int MaxSessions { get; set; } = 10_000;

    /// <summary>How long a legacy session may be silent. Default 30 min; a session with an open stream or a call in flight is never silent.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "30.00:00:00")]
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Open change streams (GET and <c>subscriptions/listen</c>) at once. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxStreams { get; set; } = 10_000;

    /// <summary>How often an open stream says that it is alive. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long changes of the catalog are collected before clients hear of them. Default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ChangeDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The time between two progress messages of one call once ten of them have gone at once. Default 100 ms; the newest of those between is sent.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a modern client may keep a list (<c>ttlMs</c>). Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ListCacheTime { get; set; } = TimeSpan.FromSeconds(5);
}
