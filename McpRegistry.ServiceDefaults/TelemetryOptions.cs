namespace McpRegistry.ServiceDefaults;

/// <summary>Where telemetry goes beside <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; section <c>McpRegistry:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Telemetry";

    /// <summary>A write token of Pydantic Logfire. Set: traces, metrics and logs go there. Default null: nothing does.</summary>
    public string? LogfireToken { get; set; }

    /// <summary>Whether each probe of an instance is a trace. They are many and tell little; what they find is in metrics and, when it changes, in the log. Default false.</summary>
    public bool Probes { get; set; }

    /// <summary>The base address for <see cref="LogfireToken"/>; <c>https://logfire-eu.pydantic.dev</c> for the EU region. Default: the US region's.</summary>
    public Uri LogfireEndpoint { get; set; } = new("https://logfire-api.pydantic.dev");
}
