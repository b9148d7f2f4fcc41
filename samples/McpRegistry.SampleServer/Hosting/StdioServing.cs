using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Hosting;

/// <summary>MCP on stdin and stdout, and nothing else on either.</summary>
internal static class StdioServing
{
    public static async Task RunAsync(SampleOptions options, Ledger ledger, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.ToStandardErrorOnly());
        services.AddSampleMcpServer(options, ledger, time);
        await using var provider = services.BuildServiceProvider();

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
