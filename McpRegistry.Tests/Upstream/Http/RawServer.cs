using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>Kestrel on a free port of 127.0.0.1 with one hand-written answer to everything.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RawServer(WebApplication app) => _app = app;

    public Uri Base => new(_app.Urls.Single());

    public Uri Mcp => new(Base, "/mcp");

    public static async Task<RawServer> StartAsync(RequestDelegate handler, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromMilliseconds(100));
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new RawServer(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
