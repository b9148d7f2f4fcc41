using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace McpRegistry.Core.Diagnostics;

/// <summary>The one activity source and the one meter of the registry.</summary>
public static class RegistryTelemetry
{
    /// <summary>The name of both, to subscribe to.</summary>
    public const string Name = "McpRegistry";

    /// <summary>Spans: a call, an attempt, a probe, a discovery.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Metrics.</summary>
    public static Meter Meter { get; } = new(Name);
}
