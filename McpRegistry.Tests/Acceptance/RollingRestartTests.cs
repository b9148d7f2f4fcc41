using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Gateways behind a balancer that asks for their readiness: one after the other can be replaced, and any may die.</summary>
[Collection(RunningCluster.Collection)]
[Trait("Category", "Acceptance")]
public sealed class RollingRestartTests(RunningCluster cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(40);
    // A process that starts needs both cores of a small machine for a while.
    private static readonly double Share = AcceptanceRun.Choose(0.5, 1.0);

    private static readonly TimeSpan Around = AcceptanceRun.Choose(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));

    // The process is gone a moment before its connections are, and a call may already be on its way to it.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(100);

    [BalancedClusterFact]
    public async Task Not_one_call_of_any_kind_fails_when_the_gateways_are_replaced_one_by_one()
    {
        await cluster.RestoreAsync();
        await using var nginx = await NginxProcess.StartAsync(cluster.Gateways, triesAnother: false);
        using var rest = new RegistryClient(nginx.Url);
        await using var modern = await SampleServerClient.ConnectAsync(new Uri(nginx.Url, "/mcp"), SampleServerClient.Modern, CancellationToken.None);
        await using var legacy = await SampleServerClient.ConnectAsync(new Uri(nginx.Url, "/mcp"), SampleServerClient.Legacy, CancellationToken.None);
        using var isOver = new CancellationTokenSource();
        Task<CallRecord[]>[] loads =
        [
            Load(60, "rest-safe", id => rest.TryCallAsync(RunningCluster.Service, "echo", new { message = id, call_id = id })),
            Load(30, "rest-unsafe", id => rest.TryCallAsync(RunningCluster.Service, "add_row", new { call_id = id })),
            Load(10, "rest-slow", id => rest.TryCallAsync(RunningCluster.Service, "delay_unsafe", new { ms = 500, call_id = id })),
            Load(20, "modern-safe", id => modern.TryCallAsync("svc__echo", ("message", id), ("call_id", id))),
            Load(10, "modern-unsafe", id => modern.TryCallAsync("svc__add_row", ("call_id", id))),
            Load(20, "legacy-safe", id => legacy.TryCallAsync("svc__echo", ("message", id), ("call_id", id))),
            Load(10, "legacy-unsafe", id => legacy.TryCallAsync("svc__add_row", ("call_id", id))),
        ];

        var stops = new List<TimeSpan>();
        foreach (var gateway in cluster.Gateways)
        {
            gateway.Send("TERM");
            stops.Add(await Eventually.TrueAsync(() => gateway.HasExited, StopsWithin, $"the gateway ends\n{gateway.Output}"));
            await gateway.RelaunchAsync();
            await gateway.ReadyAsync(StartsWithin);
            await nginx.SendsToAllAsync(StartsWithin);
        }
        await isOver.CancelAsync();
        var calls = (await Task.WhenAll(loads)).SelectMany(one => one).ToArray();

        Report(FormattableString.Invariant($"rolling SIGTERM of 3 behind nginx, REST, modern and legacy MCP, safe and unsafe, {160 * Share:0} calls/s: {CallRecord.Describe(calls)}, without those to a tool that takes 500 ms {CallRecord.Describe([.. calls.Where(call => !call.Id.Contains("rest-slow", StringComparison.Ordinal))])}; each ended after {string.Join(", ", stops.Select(stop => FormattableString.Invariant($"{stop.TotalSeconds:0.0}")))} s"));
        Assert.Equal([], calls.Where(call => !call.IsSuccess));
        VerifyLedger(calls);

        Task<CallRecord[]> Load(double rate, string name, Func<string, Task<CallAnswer>> call) =>
            new OpenLoop(rate * Share, "rolling-" + name).RunUntilAsync(async id => (await call(id)).To(id), isOver.Token);
    }

    [BalancedClusterFact]
    public async Task Only_calls_in_flight_on_a_killed_gateway_fail()
    {
        await cluster.RestoreAsync();
        // As nginx does by itself: a call that reached nobody may go elsewhere, one that was sent may not.
        await using var nginx = await NginxProcess.StartAsync(cluster.Gateways, triesAnother: true);
        using var rest = new RegistryClient(nginx.Url);
        await using var modern = await SampleServerClient.ConnectAsync(new Uri(nginx.Url, "/mcp"), SampleServerClient.Modern, CancellationToken.None);
        using var isOver = new CancellationTokenSource();
        var clock = new OpenLoop(100, "kill-safe");
        var safe = clock.RunUntilAsync(id => rest.TryCallAsync(RunningCluster.Service, "echo", new { message = id, call_id = id }), isOver.Token);
        var slow = new OpenLoop(40, "kill-slow").RunUntilAsync(id => rest.TryCallAsync(RunningCluster.Service, "delay", new { ms = 100, call_id = id }), isOver.Token);
        var unsafeSlow = new OpenLoop(40, "kill-unsafe").RunUntilAsync(id => rest.TryCallAsync(RunningCluster.Service, "delay_unsafe", new { ms = 100, call_id = id }), isOver.Token);
        var overMcp = new OpenLoop(20, "kill-modern").RunUntilAsync(id => modern.TryCallAsync("svc__echo", ("message", id), ("call_id", id)), isOver.Token);

        await Task.Delay(Around, TimeProvider.System);
        var alive = clock.Elapsed;
        await cluster.Gateways[2].KillAsync();
        var gone = clock.Elapsed;
        await Task.Delay(Around, TimeProvider.System);
        await isOver.CancelAsync();
        var (safeCalls, unsafeCalls) = ((CallRecord[])[.. await safe, .. await slow, .. await overMcp], await unsafeSlow);
        CallRecord[] calls = [.. safeCalls, .. unsafeCalls];

        Report($"kill -9 of 1 of 3 behind nginx, 200 calls/s: {CallRecord.Describe(calls)}");
        Assert.Equal([], calls.Where(call => !call.IsSuccess && !WasInFlight(call, alive, gone)));
        Assert.Equal([], safeCalls.Where(call => call.MaybeExecuted == true));
        VerifyLedger(calls);
    }

    private static bool WasInFlight(CallRecord call, TimeSpan alive, TimeSpan gone) => call.Due <= gone + OnTheWay && call.Due + call.Latency >= alive;

    private void VerifyLedger(CallRecord[] calls)
    {
        var executed = cluster.Ledger.Lines().Where(line => line.Event is null && line.CallId is not null).GroupBy(line => line.CallId!).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal([], calls.Where(call => call.IsSuccess && !executed.ContainsKey(call.Id)));
        Assert.Equal([], calls.Where(call => call.Id.Contains("unsafe", StringComparison.Ordinal) && executed.GetValueOrDefault(call.Id) > 1));
    }

    private void Report(string figure)
    {
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
    }
}
