using System.Text;

using static McpRegistry.Tests.Acceptance.Harness.Telemetry.Protobuf;

namespace McpRegistry.Tests.Acceptance.Harness.Telemetry;

/// <summary>A span as it was exported, read from the protobuf of OTLP as far as tests look at it.</summary>
/// <param name="Resource">The <c>service.name</c> of the process.</param>
/// <param name="TraceId">In hexadecimal, like all ids.</param>
/// <param name="SpanId">Its own id.</param>
/// <param name="ParentId">Empty: it is a root.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Kind">2: server, 3: client.</param>
/// <param name="Tags">Its attributes, as texts.</param>
/// <param name="IsError">Its status.</param>
internal sealed record OtlpSpan(string Resource, string TraceId, string SpanId, string ParentId, string Name, int Kind, IReadOnlyDictionary<string, string> Tags, bool IsError)
{
    public const int Server = 2;
    public const int Client = 3;

    /// <summary>All spans of an <c>ExportTraceServiceRequest</c>.</summary>
    public static IEnumerable<OtlpSpan> ReadAll(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in Parts(request, 1))
        {
            var name = ServiceOf(resource);
            foreach (var span in Parts(resource, 2).SelectMany(scope => Parts(scope, 2))) yield return Read(name, span);
        }
    }

    /// <summary>Reads as a person would in a dashboard.</summary>
    public override string ToString() => $"{Resource}: {Name} ({SpanId} of {(ParentId.Length == 0 ? "nobody" : ParentId)} in {TraceId}) {string.Join(' ', Tags.Select(one => $"{one.Key}={one.Value}"))}";

    private static OtlpSpan Read(string resource, ReadOnlyMemory<byte> span)
    {
        var fields = Fields(span).ToLookup(one => one.Number);
        var status = fields[15].Select(one => one.Bytes).FirstOrDefault();
        return new OtlpSpan(
            resource, Hex(fields[1]), Hex(fields[2]), Hex(fields[4]), Encoding.UTF8.GetString(fields[5].First().Bytes.Span), (int)fields[6].First().Value,
            Attributes(span, 9).ToDictionary(one => one.Key, one => one.Value), Fields(status).Any(one => one is { Number: 3, Value: 2 }));
    }

    private static string Hex(IEnumerable<Field> fields) => Convert.ToHexStringLower(fields.FirstOrDefault().Bytes.Span);
}
