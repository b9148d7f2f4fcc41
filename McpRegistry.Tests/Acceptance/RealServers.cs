using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using ModelContextProtocol.Client;

namespace McpRegistry.Tests.Acceptance;

/// <summary>One call that proves a service: what to ask and what must be in the answer.</summary>
public sealed record ProvingCall(string Service, string Tool, Dictionary<string, object> Arguments, string Answer)
{
    public string ExposedName => $"{Service}__{Tool}";
}

/// <summary>The gateway in front of the MCP servers that people run: started once for all tests of <see cref="RealServersTests"/>.</summary>
public sealed class RealServers : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _everythingPort = FreePort.Find();
    private RunningProcess? _everything;
    private GatewayProcess? _gateway;

    internal GatewayProcess Gateway => _gateway!;

    public IReadOnlyList<ProvingCall> Calls { get; private set; } = [];

    /// <summary>The exposed names of all tools, as the servers themselves list them when asked directly.</summary>
    public IReadOnlyList<string> ExpectedTools { get; private set; } = [];

    public async Task InitializeAsync()
    {
        if (!AcceptanceRun.IsCi && Npm.Missing is not null) return;
        await Npm.EnsureInstalledAsync();
        await File.WriteAllTextAsync(_folder.File("note.txt"), "a note in a file");
        _everything = RunningProcess.Start(
            Npm.Node,
            ["-r", Path.Combine(Npm.Folder, "servers", "loopback.cjs"), Npm.Module("@modelcontextprotocol", "server-everything", "dist", "index.js"), "streamableHttp"],
            environment: new Dictionary<string, string> { ["PORT"] = $"{_everythingPort}" });
        var everything = new Uri($"http://127.0.0.1:{_everythingPort}/mcp");
        await Eventually.TrueAsync(() => _everything.Output.Contains("listening", StringComparison.Ordinal), TimeSpan.FromSeconds(20), "server-everything listens");

        ExpectedTools = [.. (await Task.WhenAll(
            NamesAsync("everything", Direct("server-everything", "stdio")),
            NamesAsync("everything-http", new HttpClientTransport(new() { Endpoint = everything, TransportMode = HttpTransportMode.StreamableHttp })),
            NamesAsync("filesystem", Direct("server-filesystem", _folder.Path)),
            NamesAsync("memory", Direct("server-memory")),
            NamesAsync("sequential-thinking", Direct("server-sequential-thinking")),
            NamesAsync("sample", new StdioClientTransport(new() { Command = SampleServerProcess.Command, Arguments = SampleServerProcess.StdioArguments() }))))
            .SelectMany(names => names).Order(StringComparer.Ordinal)];

        _gateway = await GatewayProcess.StartAsync(new ServersFile()
            .Npx("everything", "@modelcontextprotocol/server-everything", "stdio")
            .Http("everything-http", everything)
            .Npx("filesystem", "@modelcontextprotocol/server-filesystem", _folder.Path)
            .Npx("memory", "@modelcontextprotocol/server-memory")
            .Npx("sequential-thinking", "@modelcontextprotocol/server-sequential-thinking")
            .Sample("sample"));
        Calls =
        [
            new("everything", "echo", new() { ["message"] = "over stdio" }, "Echo: over stdio"),
            new("everything-http", "echo", new() { ["message"] = "over HTTP" }, "Echo: over HTTP"),
            new("filesystem", "read_text_file", new() { ["path"] = _folder.File("note.txt") }, "a note in a file"),
            new("memory", "read_graph", [], "entities"),
            new("sequential-thinking", "sequentialthinking", new() { ["thought"] = "done", ["nextThoughtNeeded"] = false, ["thoughtNumber"] = 1, ["totalThoughts"] = 1 }, "thoughtNumber"),
            new("sample", "echo", new() { ["message"] = "grüße" }, "grüße"),
        ];
        await _gateway.ListsToolsOfAsync([.. Calls.Select(call => call.Service)]);
    }

    public async Task DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_everything is not null) await _everything.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private static StdioClientTransport Direct(string server, params string[] arguments) =>
        new(new() { Command = Npm.Node, Arguments = [Npm.Module("@modelcontextprotocol", server, "dist", "index.js"), .. arguments] });

    private static async Task<string[]> NamesAsync(string service, IClientTransport transport)
    {
        await using var client = await SampleServerClient.ConnectAsync(transport, version: null, CancellationToken.None);
        return [.. (await client.ListToolsAsync()).Select(tool => $"{service}__{tool.Name}")];
    }
}
