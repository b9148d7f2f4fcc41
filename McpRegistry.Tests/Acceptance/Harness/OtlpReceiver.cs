using System.Collections.Concurrent;
using System.Text;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>Takes in spans over OTLP/HTTP. It reads no protobuf: names and ids stand in the bytes as they are.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _exports = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.TakeAsync);
        receiver._app.MapPost("/v1/{signal}", () => Results.Ok());
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What a process needs to send its spans here, at once.</summary>
    /// <param name="service">The name it signs with.</param>
    public Dictionary<string, string> EnvironmentOf(string service) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_SERVICE_NAME"] = service,
    };

    /// <summary>True when one export of the process names all of these trace or span ids, in hexadecimal.</summary>
    public bool Has(string service, params string[] ids) =>
        _exports.Any(export => Contains(export, Encoding.UTF8.GetBytes(service)) && ids.All(id => Contains(export, Convert.FromHexString(id))));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool Contains(byte[] export, byte[] part) => export.AsSpan().IndexOf(part) >= 0;

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _exports.Enqueue(body.ToArray());
    }
}
