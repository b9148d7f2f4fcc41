using System.Diagnostics;
using System.Diagnostics.Metrics;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Health;

/// <summary>The metrics of health.</summary>
internal static class HealthMetrics
{
    private static readonly Gauge<int> Health =
        RegistryTelemetry.Meter.CreateGauge<int>("mcpregistry.instance.health", "1", "How each instance stands. 1: healthy, 0: unknown, -1: unhealthy.");
    private static readonly Counter<long> Changes =
        RegistryTelemetry.Meter.CreateCounter<long>("mcpregistry.instance.health.changes", "{change}", "What became of instances, by service, instance and change: ejected, held down, disconnected, recovered, ...");
    private static readonly Histogram<double> ProbeDuration =
        RegistryTelemetry.Meter.CreateHistogram<double>("mcpregistry.probe.duration", "s", "How long probes take, by service, instance and whether they were answered well.");

    public static void RecordHealth(InstanceState instance) => Health.Record(
        instance.Health.Status.Verdict switch { HealthVerdict.Healthy => 1, HealthVerdict.Unhealthy => -1, _ => 0 },
        Tags(instance));

    public static void RecordChange(InstanceState instance, HealthChange change)
    {
        var tags = Tags(instance);
        tags.Add(TelemetryTags.Change, change.ToString());
        Changes.Add(1, tags);
    }

    public static void RecordProbe(InstanceState instance, ProbeResult result)
    {
        var tags = Tags(instance);
        tags.Add(TelemetryTags.Healthy, result.IsHealthy);
        ProbeDuration.Record(result.Elapsed.TotalSeconds, tags);
    }

    private static TagList Tags(InstanceState instance) => new() { { TelemetryTags.Service, instance.ServiceName }, { TelemetryTags.Instance, instance.InstanceId } };
}
