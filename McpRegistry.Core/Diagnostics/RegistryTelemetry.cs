using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace McpRegistry.Core.Diagnostics;

/// <summary>The activity sources and the one meter of the registry.</summary>
public static class RegistryTelemetry
{
    /// <summary>The name of the source of calls and of the meter, to subscribe to.</summary>
    public const string Name = "McpRegistry";

    /// <summary>The name of the source of probes, which are many and tell little: to be subscribed to only when asked for.</summary>
    public const string ProbesName = "McpRegistry.Probes";

    /// <summary>Spans of calls: a call, an attempt.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Spans of probes.</summary>
    public static ActivitySource Probes { get; } = new(ProbesName);

    /// <summary>Metrics.</summary>
    public static Meter Meter { get; } = new(Name);
}
