using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Stdio;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.StdioHost;

/// <summary>
/// A gateway reduced to its children, to be killed by a test: starts the program of its arguments three times as an MCP
/// server, prints the mark of its processes and then waits to be killed.
/// </summary>
internal static class StdioHost
{
    private const int Children = 3;

    private static async Task Main(string[] args)
    {
        var watchdog = new OrphanWatchdog(NullLogger<OrphanWatchdog>.Instance);
        var npx = new NpxEntryPoints(TimeProvider.System, NullLogger<NpxEntryPoints>.Instance);
        var factory = new StdioClientFactory(
            new ChildLauncher(new PlainValues(), npx, watchdog),
            Options.Create(new StdioOptions()),
            Options.Create(new UpstreamOptions()),
            TimeProvider.System,
            new Random(1),
            NullLogger<StdioInstanceClient>.Instance,
            NullLogger<StderrTail>.Instance);
        var registration = new ServiceRegistration { Name = "child", Config = new ServiceConfig { Command = args[0], Args = [.. args.Skip(1)] } };
        var clients = Enumerable.Range(1, Children).Select(number => factory.Create(registration, $"{number}", new Deaf())).ToImmutableArray();
        await Task.WhenAll(clients.Select(client => client.ConnectAsync(CancellationToken.None)));
        Console.WriteLine(watchdog.Owner);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    private sealed class PlainValues : ISecretResolver
    {
        public string Resolve(string value) => value;
    }

    private sealed class Deaf : IInstanceObserver
    {
        public void Connected(InstanceConnection connection)
        {
        }

        public void Disconnected(string reason)
        {
        }

        public void Notified(string method, ReadOnlyMemory<byte> message)
        {
        }
    }
}
