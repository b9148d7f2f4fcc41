using System.Collections.Concurrent;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Acceptance.Harness.Telemetry;

/// <summary>Takes in what processes export over OTLP/HTTP.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentQueue<OtlpMetric> _metrics = new();
    private readonly ConcurrentQueue<byte[]> _exports = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>All spans that came so far.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    /// <summary>All metrics that came so far, again with each export.</summary>
    public IReadOnlyList<OtlpMetric> Metrics => [.. _metrics];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/{signal}", receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What a process needs to send its telemetry here, at once.</summary>
    /// <param name="service">The name it signs with.</param>
    public Dictionary<string, string> EnvironmentOf(string service) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        ["OTEL_SERVICE_NAME"] = service,
    };

    /// <summary>True when this text stands in an export of the process, be it in a trace, a metric or a log. All texts stand in protobuf as they are.</summary>
    public bool Tells(string service, string text) => _exports.Any(one => Contains(one, service) && Contains(one, text));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool Contains(byte[] export, string text) => export.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private async Task TakeAsync(HttpContext context, string signal)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var export = body.ToArray();
        _exports.Enqueue(export);
        if (signal == "traces") foreach (var span in OtlpSpan.ReadAll(export)) _spans.Enqueue(span);
        if (signal == "metrics") foreach (var metric in OtlpMetric.ReadAll(export)) _metrics.Enqueue(metric);
    }
}
