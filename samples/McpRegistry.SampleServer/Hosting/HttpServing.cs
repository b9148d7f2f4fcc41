using McpRegistry.SampleServer.Conformance;
using McpRegistry.ServiceDefaults;
using ModelContextProtocol.AspNetCore;

namespace McpRegistry.SampleServer.Hosting;

/// <summary>Streamable HTTP on the loopback address only.</summary>
internal static class HttpServing
{
    private static readonly TimeSpan PatienceWithOpenCalls = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int port, SampleOptions options, Ledger ledger, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ToStandardErrorOnly();
        // Adds nothing to a request unless telemetry has a destination: it is measured against.
        builder.AddServiceDefaults();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = PatienceWithOpenCalls);
        if (options.IgnoreTerm)
            builder.Services.AddSingleton<IHostLifetime, DeafLifetime>();

        builder.Services.AddSingleton<ListChangeSubscriptions>();
        var server = builder.Services.AddSampleMcpServer(options, ledger, time)
            .WithHttpTransport(transport =>
            {
                transport.SessionMode = options.Era switch
                {
                    Era.Legacy => HttpServerSessionMode.Stateful,
                    Era.Modern => HttpServerSessionMode.Stateless,
                    _ => HttpServerSessionMode.StatefulForInitializeClients,
                };
                transport.EnableLegacySse = options.Sse;
            })
            .WithSubscriptionsListenHandler((request, cancellationToken) =>
                request.Services!.GetRequiredService<ListChangeSubscriptions>().ListenAsync(request, cancellationToken));
        if (options.Conformance)
            server.AddResumableStreams();

        await using var app = builder.Build();
        app.UseMiddleware<LoopbackOnly>();
        if (options.Era == Era.Legacy)
            app.UseMiddleware<NeverHeardOfModern>();
        app.MapGet("/health", () => Results.Json(new { status = "ok" })).DisableHttpMetrics();
        app.MapServiceDefaults();
        app.MapMcp("/mcp");
        if (options.Sse)
            app.MapMcp();

        await app.StartAsync();
        Console.WriteLine($"listening on {app.Urls.Single()}/mcp");
        await app.WaitForShutdownAsync();
    }
}
