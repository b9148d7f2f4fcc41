using System.Net;
using System.Security.Cryptography.X509Certificates;

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

    public static Task<RawServer> StartAsync(RequestDelegate handler, int port = 0) =>
        StartAsync(handler, builder => builder.WebHost.UseUrls($"http://127.0.0.1:{port}"));

    /// <summary>The same over TLS; its certificate should be for <c>localhost</c>.</summary>
    public static Task<RawServer> StartTlsAsync(X509Certificate2 certificate, RequestDelegate handler) =>
        StartAsync(handler, builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))));

    private static async Task<RawServer> StartAsync(RequestDelegate handler, Action<WebApplicationBuilder> listen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        listen(builder);
        builder.Logging.ClearProviders();
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromMilliseconds(100));
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new RawServer(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
