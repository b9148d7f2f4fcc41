using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A real health worker as a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Uri _url = new($"http://127.0.0.1:{FreePort.Find()}");
    private readonly RegistryClient _http;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private RunningProcess _process;

    public WorkerProcess(ServersFile servers, IReadOnlyDictionary<string, string> settings)
    {
        _settings = settings;
        servers.WriteTo(_folder.File("mcp-servers.json"));
        _http = new RegistryClient(_url);
        _process = Run();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it printed since it was last started.</summary>
    public string Output => _process.Output;

    public void Send(string signal) => _process.Send(signal);

    public Task KillAsync() => _process.KillAsync();

    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = Run();
    }

    /// <summary>Waits until it would take over from another.</summary>
    public Task ReadyAsync(TimeSpan within) => Eventually.TrueAsync(_http.IsReadyAsync, within, () => $"the worker is ready\n{Output}");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private RunningProcess Run()
    {
        var assembly = Repository.AssemblyOf("McpRegistry.HealthWorker");
        var environment = _settings.ToDictionary(one => one.Key.Replace(":", "__", StringComparison.Ordinal), one => one.Value);
        environment["McpRegistry__Discovery__File"] = _folder.File("mcp-servers.json");
        environment["McpRegistry__Storage__Path"] = _folder.File("registry.db");
        return RunningProcess.Start("dotnet", [assembly, "--urls", _url.AbsoluteUri], Path.GetDirectoryName(assembly), environment);
    }
}
