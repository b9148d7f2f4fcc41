using McpRegistry.ServiceDefaults;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OpenTelemetry.Trace;

namespace McpRegistry.SampleServer.Hosting;

/// <summary>MCP on stdin and stdout, and nothing else on either.</summary>
internal static class StdioServing
{
    public static async Task RunAsync(SampleOptions options, Ledger ledger, TimeProvider time)
    {
        // No host runs it: it ends when its stdin does.
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.Logging.ToStandardErrorOnly();
        builder.AddServiceDefaults();
        builder.Services.AddSampleMcpServer(options, ledger, time);
        await using var provider = builder.Services.BuildServiceProvider();
        // Null unless telemetry has a destination.
        _ = provider.GetService<TracerProvider>();

        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var stdin = new ObservedStdin(Console.OpenStandardInput(), ledger, options.IgnoreEof);
        await using var pipes = new StreamServerTransport(stdin, Console.OpenStandardOutput(), options.Name, loggers);
        await using ITransport transport = options.Era == Era.Legacy || options.SilentDiscover
            ? new OldServerTransport(pipes, options)
            : pipes;
        await using var server = McpServer.Create(
            transport, provider.GetRequiredService<IOptions<McpServerOptions>>().Value, loggers, provider);
        await server.RunAsync();
    }
}
