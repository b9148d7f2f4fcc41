using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Samples;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>Three gateways, two health workers and a Redis that keeps its data, and behind them the service <c>svc</c> with three instances.</summary>
public sealed class RunningCluster : IAsyncLifetime, IDisposable
{
    public const string Collection = "Cluster";
    internal const string Service = "svc";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly SampleServerProcess[] _samples = new SampleServerProcess[3];
    private readonly HashSet<int> _warm = [];
    private int _calls;

    internal RedisServerProcess Redis { get; private set; } = null!;

    internal GatewayProcess[] Gateways { get; private set; } = [];

    internal WorkerProcess[] Workers { get; private set; } = [];

    internal IReadOnlyList<SampleServerProcess> Samples => _samples;

    internal SampleLedger Ledger { get; } = new();

    internal ServersFile Servers { get; private set; } = null!;

    /// <summary>What each process of the cluster is started with.</summary>
    internal Dictionary<string, string> Settings => new()
    {
        ["ConnectionStrings:redis"] = Redis.ConnectionString,
        // Long enough for a balancer that looks four times a second.
        ["McpRegistry:Http:DrainDelay"] = "00:00:02",
    };

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null || !OperatingSystem.IsLinux()) return;
        Redis = await RedisServerProcess.StartAsync(new RedisServerSettings { Persistent = true });
        for (var at = 0; at < _samples.Length; at++) _samples[at] = await StartSampleAsync(at, FreePort.Find());
        Servers = new ServersFile().Http(Service, [.. _samples.Select(one => one.Endpoint)]);
        Workers = [new WorkerProcess(Servers, Settings), new WorkerProcess(Servers, Settings)];
        Gateways = [.. Enumerable.Range(0, 3).Select(_ => GatewayProcess.Launch(Servers, Settings))];
        try
        {
            await RestoreAsync();
        }
        catch
        {
            // Nobody disposes a fixture that did not come up; its processes would outlive the run.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts what an earlier test left broken, waits until all is well, and warms everything up.</summary>
    internal async Task RestoreAsync()
    {
        Signal.Send("CONT", Redis.ProcessId);
        if (!Directory.Exists($"/proc/{Redis.ProcessId}")) await Redis.RestartAsync();
        for (var at = 0; at < _samples.Length; at++) await RestartSampleAsync(at);
        foreach (var worker in Workers)
        {
            worker.Send("CONT");
            if (worker.HasExited) await worker.RestartAsync();
        }
        await Task.WhenAll(Workers.Select(worker => worker.ReadyAsync(Patience)));
        await Task.WhenAll(Gateways.Select(async one =>
        {
            if (one.HasExited) await one.RelaunchAsync();
            await one.ReadyAsync(Patience);
            await one.ListsToolsOfAsync(Service);
            await Eventually.TrueAsync(
                async () =>
                {
                    // One that was out comes back with a call as its trial; without any it waits ten seconds longer.
                    await one.Rest.TryCallAsync(Service, "echo", new { message = "well again?" });
                    return (await one.Rest.InstanceHealthAsync(Service)).Values.All(health => health == "healthy");
                },
                Patience, () => $"all instances are healthy\n{one.Output}");
            await Eventually.TrueAsync(async () => await one.Rest.StalenessAsync() is null, Patience, () => $"the gateway is not stale\n{one.Output}");
        }));
        // The first calls of a process wait for the compiler; counted in, they would make any later latency look good.
        if (_warm.IsSupersetOf(Gateways.Select(one => one.Id))) return;
        await new OpenLoop(150, "warm-up").RunAsync(TimeSpan.FromSeconds(3), EchoAsync);
        _warm.UnionWith(Gateways.Select(one => one.Id));
    }

    /// <summary>A safe call to each gateway in turn.</summary>
    internal async Task<CallAnswer> EchoAsync(string id) => (await Next().Rest.TryCallAsync(Service, "echo", new { message = id, call_id = id })).To(id);

    internal GatewayProcess Next() => Gateways[(uint)Interlocked.Increment(ref _calls) % (uint)Gateways.Length];

    /// <summary>Starts an instance again at its old address, if it is gone.</summary>
    internal async Task RestartSampleAsync(int at)
    {
        if (!_samples[at].HasExited) return;
        var port = _samples[at].Endpoint.Port;
        await _samples[at].DisposeAsync();
        _samples[at] = await StartSampleAsync(at, port);
    }

    /// <summary>Waits until this holds at each gateway; how long it took.</summary>
    internal Task<TimeSpan> EachAsync(Func<GatewayProcess, Task<bool>> isTrue, TimeSpan within, string what) => Eventually.TrueAsync(
        async () => (await Task.WhenAll(Gateways.Select(isTrue))).All(one => one), within, what);

    /// <summary>A key of the registry in Redis.</summary>
    internal static string Key(string name) => "{mcpregistry}:" + name;

    public async Task DisposeAsync()
    {
        await Task.WhenAll(Gateways.Select(one => one.DisposeAsync().AsTask()).Concat(Workers.Select(one => one.DisposeAsync().AsTask())));
        foreach (var sample in _samples.Where(one => one is not null)) await sample.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
    }

    public void Dispose() => Ledger.Dispose();

    private Task<SampleServerProcess> StartSampleAsync(int at, int port) =>
        SampleServerProcess.StartHttpOnPortAsync(port, "--name", $"{Service}-{at + 1}", "--ledger", Ledger.FilePath);
}

[CollectionDefinition(RunningCluster.Collection, DisableParallelization = true)]
public sealed class ClusterCollection : ICollectionFixture<RunningCluster>;
