using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The real gateway as a process of its own, with its own data and its own <c>mcp-servers.json</c>.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Find();
    private RunningProcess _process;

    private GatewayProcess(ServersFile servers)
    {
        servers.WriteTo(_folder.File("mcp-servers.json"));
        _process = Run();
        Rest = new RegistryClient(Url);
    }

    public Uri Url => new($"http://127.0.0.1:{_port}");

    public Uri Mcp => new(Url, "/mcp");

    public RegistryClient Rest { get; }

    public string Output => _process.Output;

    public static async Task<GatewayProcess> StartAsync(ServersFile servers)
    {
        var gateway = new GatewayProcess(servers);
        await gateway.IsReadyAsync();
        return gateway;
    }

    /// <summary>Waits until these services, or all of the file, list tools.</summary>
    public Task ListsToolsOfAsync(params string[] services) => Eventually.TrueAsync(
        async () =>
        {
            var listed = (await Rest.ListAsync("/api/tools")).Select(tool => tool.GetProperty("service").GetString()).ToHashSet();
            return services.All(listed.Contains);
        },
        TimeSpan.FromSeconds(60),
        $"{string.Join(", ", services)} list tools\n{Output}");

    public Task KillAsync() => _process.KillAsync();

    /// <summary>Starts it again at the same address with the same data.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = Run();
        await IsReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Rest.Dispose();
        _folder.Dispose();
    }

    private RunningProcess Run()
    {
        var assembly = Repository.AssemblyOf("McpRegistry.Api");
        return RunningProcess.Start("dotnet", [assembly, "--urls", Url.AbsoluteUri], Path.GetDirectoryName(assembly), new Dictionary<string, string>
        {
            ["McpRegistry__Discovery__File"] = _folder.File("mcp-servers.json"),
            ["McpRegistry__Storage__Path"] = _folder.File("registry.db"),
        });
    }

    private async Task IsReadyAsync() => await Eventually.TrueAsync(
        () =>
        {
            Assert.False(_process.HasExited, _process.Output);
            return Rest.IsReadyAsync();
        },
        StartsWithin,
        $"the gateway is ready\n{Output}");
}
