namespace McpRegistry.Core.Diagnostics;

/// <summary>The registry's own attributes of spans and metrics.</summary>
internal static class TelemetryTags
{
    /// <summary>The service.</summary>
    public const string Service = "mcpregistry.service";

    /// <summary>The instance, by its id: what <c>X-Mcp-Instance</c> and <c>/api/health</c> call it.</summary>
    public const string Instance = "mcpregistry.instance";

    /// <summary>How a call or an attempt ended.</summary>
    public const string Outcome = "mcpregistry.outcome";

    /// <summary>What became of the health of an instance.</summary>
    public const string Change = "mcpregistry.change";

    /// <summary>Whether a probe was answered well.</summary>
    public const string Healthy = "mcpregistry.healthy";
}
