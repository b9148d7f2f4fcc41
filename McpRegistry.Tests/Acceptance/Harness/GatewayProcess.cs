using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The real gateway as a process of its own, with its own data and its own <c>mcp-servers.json</c>.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Find();
    private readonly IReadOnlyDictionary<string, string> _settings;
    private RunningProcess _process;

    private GatewayProcess(ServersFile servers, IReadOnlyDictionary<string, string>? settings)
    {
        _settings = settings ?? new Dictionary<string, string>();
        servers.WriteTo(_folder.File("mcp-servers.json"));
        _process = Run();
        Rest = new RegistryClient(Url);
    }

    /// <summary>A file among its data.</summary>
    public string File(string name) => _folder.File(name);

    public Uri Url => new($"http://127.0.0.1:{_port}");

    public Uri Mcp => new(Url, "/mcp");

    public RegistryClient Rest { get; }

    public string Output => _process.Output;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="servers">Its <c>mcp-servers.json</c>.</param>
    /// <param name="settings">Further settings, by their names in configuration. Null: none.</param>
    public static async Task<GatewayProcess> StartAsync(ServersFile servers, IReadOnlyDictionary<string, string>? settings = null)
    {
        var gateway = Launch(servers, settings);
        try
        {
            await gateway.ReadyAsync(StartsWithin);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and does not wait.</summary>
    public static GatewayProcess Launch(ServersFile servers, IReadOnlyDictionary<string, string>? settings = null) => new(servers, settings);

    /// <summary>Waits until these services, or all of the file, list tools.</summary>
    public Task ListsToolsOfAsync(params string[] services) => Eventually.TrueAsync(
        async () =>
        {
            var listed = (await Rest.ListAsync("/api/tools")).Select(tool => tool.GetProperty("service").GetString()).ToHashSet();
            return services.All(listed.Contains);
        },
        TimeSpan.FromSeconds(60),
        () => $"{string.Join(", ", services)} list tools\n{Output}");

    public Task KillAsync() => _process.KillAsync();

    public void Send(string signal) => _process.Send(signal);

    /// <summary>Starts it again at the same address with the same data.</summary>
    public async Task RestartAsync()
    {
        await RelaunchAsync();
        await ReadyAsync(StartsWithin);
    }

    /// <summary>The same without waiting.</summary>
    public async Task RelaunchAsync()
    {
        await _process.DisposeAsync();
        _process = Run();
    }

    /// <summary>How long it took to be ready.</summary>
    public Task<TimeSpan> ReadyAsync(TimeSpan within) => Eventually.TrueAsync(
        () =>
        {
            Assert.False(_process.HasExited, _process.Output);
            return Rest.IsReadyAsync();
        },
        within,
        () => $"the gateway is ready\n{Output}");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Rest.Dispose();
        _folder.Dispose();
    }

    private RunningProcess Run()
    {
        var assembly = Repository.AssemblyOf("McpRegistry.Api");
        var environment = new Dictionary<string, string>
        {
            ["McpRegistry__Discovery__File"] = _folder.File("mcp-servers.json"),
            ["McpRegistry__Storage__Path"] = _folder.File("registry.db"),
        };
        foreach (var (name, value) in _settings) environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return RunningProcess.Start("dotnet", [assembly, "--urls", Url.AbsoluteUri], Path.GetDirectoryName(assembly), environment);
    }
}
