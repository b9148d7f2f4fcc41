using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Samples;
using McpRegistry.Tests.Upstream.Channels;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Upstream.Stdio;

/// <summary>Stdio clients as the gateway makes them, with a clean end.</summary>
internal sealed class StdioHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<StdioInstanceClient> _clients = [];
    private readonly TimeProvider _time;
    private readonly NpxEntryPoints _npx;

    /// <param name="time">The clock of the clients. Null: the real one.</param>
    public StdioHarness(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _npx = new NpxEntryPoints(_time, NullLogger<NpxEntryPoints>.Instance);
    }

    // On a busy machine a server of today may think for longer than the two seconds that tell it from an old one.
    public StdioOptions Options { get; } = new() { CloseGrace = TimeSpan.FromSeconds(1), TerminateGrace = TimeSpan.FromSeconds(0.5), DiscoverTimeout = TimeSpan.FromSeconds(20) };

    public UpstreamOptions Limits { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public OrphanWatchdog Watchdog { get; } = new(NullLogger<OrphanWatchdog>.Instance);

    public StdioInstanceClient Create(ServiceRegistration registration)
    {
        var factory = new StdioClientFactory(
            new ChildLauncher(new EnvironmentSecrets(), _npx, Watchdog),
            Microsoft.Extensions.Options.Options.Create(Options),
            Microsoft.Extensions.Options.Options.Create(Limits),
            _time,
            new Random(1),
            NullLogger<StdioInstanceClient>.Instance,
            NullLogger<StderrTail>.Instance);
        var client = factory.Create(registration, "1", Observer);
        _clients.Add(client);
        return client;
    }

    public async Task<StdioInstanceClient> ConnectAsync(ServiceRegistration registration)
    {
        var client = Create(registration);
        await client.ConnectAsync(default).WaitAsync(Patience);
        return client;
    }

    public static ServiceRegistration Command(string command, params string[] arguments) => new()
    {
        Name = "test",
        Protocol = ServiceProtocol.Stdio,
        Config = new ServiceConfig { Command = command, Args = [.. arguments] },
    };

    public static ServiceRegistration Sample(params string[] options) =>
        Command(SampleServerProcess.Command, SampleServerProcess.StdioArguments(options));

    public static Task<UpstreamReply> SendAsync(
        IInstanceClient client, string method, string parameters = "{}", IRequestListener? listener = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            new UpstreamRequest { Method = method, Params = RequestParams.Parse(Encoding.UTF8.GetBytes(parameters)), Listener = listener },
            cancellationToken).AsTask().WaitAsync(Patience, CancellationToken.None);

    /// <summary>Looks again every few milliseconds until it is so.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"not within {Patience}: {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
        await Watchdog.DisposeAsync();
    }

    private sealed class EnvironmentSecrets : ISecretResolver
    {
        public string Resolve(string value) => value.StartsWith("env:", StringComparison.Ordinal)
            ? Environment.GetEnvironmentVariable(value[4..]) ?? throw new SecretNotFoundException($"{value} is not set")
            : value;
    }
}
