using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.HealthWorker;

/// <summary>The real health worker as a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private readonly RunningProcess _process;
    private readonly RegistryClient _http;

    private WorkerProcess(RunningProcess process, Uri url) => (_process, _http) = (process, new RegistryClient(url));

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    /// <summary>By its own words.</summary>
    public bool Leads => Count("Leads: ") > Count("Leads no more");

    /// <summary>Starts one and returns when it is ready.</summary>
    public static async Task<WorkerProcess> StartAsync(string redis, string serversFile)
    {
        var worker = Launch(new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = redis,
            ["McpRegistry__Discovery__File"] = serversFile,
            ["McpRegistry__Cluster__SnapshotPath"] = $"{serversFile}.{Guid.NewGuid():n}",
        });
        await Eventually.TrueAsync(
            () =>
            {
                Assert.False(worker.HasExited, worker.Output);
                return worker._http.IsReadyAsync();
            },
            StartsWithin,
            $"the worker is ready\n{worker.Output}");
        return worker;
    }

    /// <summary>Starts one and does not wait.</summary>
    public static WorkerProcess Launch(Dictionary<string, string> environment)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var assembly = Repository.AssemblyOf("McpRegistry.HealthWorker");
        return new WorkerProcess(RunningProcess.Start("dotnet", [assembly, "--urls", url.AbsoluteUri], Path.GetDirectoryName(assembly), environment), url);
    }

    public void Send(string signal) => _process.Send(signal);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private int Count(string words) => Output.Split(words).Length - 1;
}
