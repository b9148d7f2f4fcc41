using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Health;

/// <summary>How the health monitor works, section <c>McpRegistry:Health</c>. What a service may choose for itself is in <see cref="Registration.HealthSettings"/>.</summary>
public sealed class HealthMonitorOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Health";

    /// <summary>Probes that may begin at the same time. One that hangs gives its place back after a second. Default 64.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentProbes { get; set; } = 64;

    /// <summary>How often the tools, prompts and resources of a healthy service are read again. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CatalogInterval { get; set; } = TimeSpan.FromMinutes(5);
}
