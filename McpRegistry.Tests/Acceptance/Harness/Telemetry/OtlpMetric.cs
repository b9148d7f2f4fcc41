using System.Text;

using static McpRegistry.Tests.Acceptance.Harness.Telemetry.Protobuf;

namespace McpRegistry.Tests.Acceptance.Harness.Telemetry;

/// <summary>A metric as it was exported, with all its points.</summary>
/// <param name="Resource">The <c>service.name</c> of the process.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Points">The rest of it, as it came.</param>
internal sealed record OtlpMetric(string Resource, string Name, ReadOnlyMemory<byte> Points)
{
    /// <summary>All metrics of an <c>ExportMetricsServiceRequest</c>.</summary>
    public static IEnumerable<OtlpMetric> ReadAll(ReadOnlyMemory<byte> request) =>
        from resource in Parts(request, 1)
        from metric in Parts(resource, 2).SelectMany(scope => Parts(scope, 2))
        select new OtlpMetric(ServiceOf(resource), Encoding.UTF8.GetString(Parts(metric, 1).First().Span), metric);

    /// <summary>True when a tag has this value.</summary>
    public bool Has(string value) => Points.Span.IndexOf(Encoding.UTF8.GetBytes(value)) >= 0;
}
