using System.Diagnostics;
using System.Net.Http.Json;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>A thousand services, a tenth of them dead and a few hanging: registered, listed, watched, and known again after a restart.</summary>
[Collection(AcceptanceRun.Collection)]
[Trait("Category", "Acceptance")]
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Lists = 400;

    // A machine that does other things beside is no reason to fail; the claim itself is the long form's.
    private static readonly double LeastPerSecond = AcceptanceRun.Choose(20, 100);
    private static readonly int Services = AcceptanceRun.Choose(200, 1000);
    private static readonly int Replicas = AcceptanceRun.Choose(2, 3);
    private static readonly TimeSpan Watched = AcceptanceRun.Choose(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ListedWithin = AcceptanceRun.Choose(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(100));
    private static readonly TimeSpan BeforeRepeating = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(10);

    [ClusterFact]
    public async Task A_thousand_services_are_registered_listed_and_watched()
    {
        await using var servers = await ManyServers.StartAsync();
        await using var redis = await RedisServerProcess.StartAsync();
        var settings = new Dictionary<string, string> { ["ConnectionStrings:redis"] = redis.ConnectionString, ["McpRegistry:Http:DrainDelay"] = "00:00:00" };
        await using var worker = new WorkerProcess(new ServersFile(), settings);
        var gateways = await Task.WhenAll(Enumerable.Range(0, Replicas).Select(_ => GatewayProcess.StartAsync(new ServersFile(), settings)));
        try
        {
            var addresses = Enumerable.Range(0, Services).Select(number =>
                number % 100 == 1 ? servers.Hanging(number) : number % 10 == 0 ? ManyServers.Dead(number) : servers.Well(number)).ToArray();
            var well = addresses.Count(address => address.AbsolutePath.StartsWith("/well", StringComparison.Ordinal));
            var workerBefore = ProcessFigures.ComputingTime(worker.Id);
            var start = Stopwatch.GetTimestamp();
            var registered = await RegisterAsync(gateways, addresses);
            var known = await Task.WhenAll(gateways.Select(gateway => Eventually.TrueAsync(async () => await CountToolsAsync(gateway) == well * ManyServers.ToolsOfEach, KnownWithin, "every tool of a service that is well is listed")));
            var workerStart = (ProcessFigures.ComputingTime(worker.Id) - workerBefore) / Stopwatch.GetElapsedTime(start);

            workerBefore = ProcessFigures.ComputingTime(worker.Id);
            start = Stopwatch.GetTimestamp();
            var tools = await MeasureAsync(gateways[0], ListToolsAsync);
            var (services, restTools) = (await MeasureAsync(gateways[0], gateway => ReadAsync(gateway, "/api/services")), await MeasureAsync(gateways[0], gateway => ReadAsync(gateway, "/api/tools")));
            if (Watched - Stopwatch.GetElapsedTime(start) is var rest && rest > TimeSpan.Zero) await Task.Delay(rest, TimeProvider.System);
            var workerSteady = (ProcessFigures.ComputingTime(worker.Id) - workerBefore) / Stopwatch.GetElapsedTime(start);
            var memory = gateways.Select(gateway => ProcessFigures.ResidentMebibytes(gateway.Id)).ToArray();

            gateways[^1].Send("TERM");
            await Eventually.TrueAsync(() => gateways[^1].HasExited, TimeSpan.FromSeconds(30), "the gateway ends");
            await gateways[^1].RelaunchAsync();
            var ready = await gateways[^1].ReadyAsync(TimeSpan.FromSeconds(60));

            Report(FormattableString.Invariant($"{Services} services x {ManyServers.ToolsOfEach} tools, 10 % dead, 1 % hanging, {Replicas} gateways, 1 worker: registered {registered:0}/s, {_repeated} of them at the second try, all tools listed everywhere {known.Max().TotalSeconds:0.0} s later"));
            Report(FormattableString.Invariant($"  tools/list p99 {tools.TotalMilliseconds:0.0} ms, /api/services p99 {services.TotalMilliseconds:0.0} ms, /api/tools p99 {restTools.TotalMilliseconds:0.0} ms; worker {workerStart:0.00} cores while they came, {workerSteady:0.00} after; memory {string.Join(", ", memory.Select(one => FormattableString.Invariant($"{one:0}")))} MiB, worker {ProcessFigures.ResidentMebibytes(worker.Id):0} MiB; restarted gateway ready after {ready.TotalSeconds:0.0} s"));
            Assert.InRange(registered, LeastPerSecond, double.MaxValue);
            Assert.InRange(_repeated, 0, Services / 100);
            Assert.InRange(tools, TimeSpan.Zero, ListedWithin);
            Assert.InRange(services, TimeSpan.Zero, ListedWithin);
            Assert.InRange(restTools, TimeSpan.Zero, ListedWithin);
            Assert.InRange(workerSteady, 0, 1);
            Assert.InRange(ready, TimeSpan.Zero, ReadyWithin);
            Assert.Equal(Services, (await gateways[^1].Rest.ServiceNamesAsync()).Count);
        }
        finally { await Task.WhenAll(gateways.Select(one => one.DisposeAsync().AsTask())); }
    }

    /// <returns>How many a second.</returns>
    private async Task<double> RegisterAsync(GatewayProcess[] gateways, Uri[] addresses)
    {
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var gateway = gateways[client % gateways.Length];
            while (Interlocked.Increment(ref next) is var number && number < addresses.Length)
            {
                var status = await RegisterOneAsync(gateway, $"service-{number}", addresses[number]);
                if (status != 201) Assert.Fail($"service-{number} was answered {status}\n{gateway.Output}");
            }
        }));
        return addresses.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // On a machine this busy Redis may now and then take longer than a command may; the client is told to come again, and does.
    private async Task<int> RegisterOneAsync(GatewayProcess gateway, string name, Uri address)
    {
        var (status, _) = await gateway.Rest.RegisterAsync(name, address);
        if (status != 503) return status;
        Interlocked.Increment(ref _repeated);
        await Task.Delay(BeforeRepeating, TimeProvider.System);
        (status, _) = await gateway.Rest.RegisterAsync(name, address);
        // What was not acknowledged may have been carried out all the same.
        return status == 409 ? 201 : status;
    }

    private static async Task<int> CountToolsAsync(GatewayProcess gateway) => (await gateway.Rest.ListAsync("/api/tools")).Count;

    private static async Task<TimeSpan> MeasureAsync(GatewayProcess gateway, Func<GatewayProcess, Task> ask)
    {
        var times = new List<TimeSpan>();
        for (var round = 0; round < Lists; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await ask(gateway);
            times.Add(Stopwatch.GetElapsedTime(start));
        }
        return times.Order().ElementAt((Lists * 99 / 100) - 1);
    }

    private async Task ListToolsAsync(GatewayProcess gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Mcp)
        {
            Content = JsonContent.Create(new
            {
                jsonrpc = "2.0",
                id = 1,
                method = "tools/list",
                @params = new { _meta = new Dictionary<string, object> { ["io.modelcontextprotocol/protocolVersion"] = "2026-07-28", ["io.modelcontextprotocol/clientCapabilities"] = new { } } },
            }),
        };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "tools/list");
        using var answer = await _http.SendAsync(request);
        // As bytes: turning megabytes into text is the reader's time, not the gateway's.
        Assert.True((await answer.Content.ReadAsByteArrayAsync()).AsSpan().IndexOf("service-"u8) >= 0);
    }

    private async Task ReadAsync(GatewayProcess gateway, string path) => Assert.NotEmpty(await _http.GetByteArrayAsync(new Uri(gateway.Url, path)));

    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private int _repeated;

    private void Report(string figure)
    {
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
    }
}
