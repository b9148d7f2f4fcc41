using System.Diagnostics;
using System.Diagnostics.Metrics;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Health;

/// <summary>The metrics of health.</summary>
internal static class HealthMetrics
{
    public const string ServiceTag = "mcpregistry.service";
    public const string InstanceTag = "mcpregistry.instance";

    private static readonly Gauge<int> Health =
        RegistryTelemetry.Meter.CreateGauge<int>("mcpregistry.instance.health", description: "1: healthy, 0: unknown, -1: unhealthy.");
    private static readonly Counter<long> Changes =
        RegistryTelemetry.Meter.CreateCounter<long>("mcpregistry.instance.health.changes", "{change}", "What became of instances: ejected, held down, disconnected, recovered, ...");
    private static readonly Histogram<double> ProbeDuration =
        RegistryTelemetry.Meter.CreateHistogram<double>("mcpregistry.probe.duration", "s", "How long probes take.");

    public static void RecordHealth(InstanceState instance) => Health.Record(
        instance.Health.Status.Verdict switch { HealthVerdict.Healthy => 1, HealthVerdict.Unhealthy => -1, _ => 0 },
        Tags(instance));

    public static void RecordChange(InstanceState instance, HealthChange change)
    {
        var tags = Tags(instance);
        tags.Add("change", change.ToString());
        Changes.Add(1, tags);
    }

    public static void RecordProbe(InstanceState instance, ProbeResult result)
    {
        var tags = Tags(instance);
        tags.Add("healthy", result.IsHealthy);
        ProbeDuration.Record(result.Elapsed.TotalSeconds, tags);
    }

    private static TagList Tags(InstanceState instance) => new() { { ServiceTag, instance.ServiceName }, { InstanceTag, instance.InstanceId } };
}
