using System.Diagnostics;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>
/// A Redis outage under load: calls before, while Redis is away and after, and meanwhile what an operator would do. One
/// upstream dies during the outage, since that is when nobody can be asked about it; each outage another, since one that failed not long
/// ago is kept out for longer.
/// </summary>
internal sealed class OutageRun(RunningCluster cluster, string name, int dying)
{
    private const double CallsPerSecond = 200;
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/mcp");
    private static readonly TimeSpan Before = AcceptanceRun.Choose(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20));
    private static readonly TimeSpan Away = AcceptanceRun.Choose(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(60));
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ConvergesWithin = TimeSpan.FromSeconds(5);

    public CallRecord[] CallsBefore { get; private set; } = [];

    /// <summary>The calls from the moment Redis went away until all gateways had the new state again.</summary>
    public CallRecord[] CallsDuring { get; private set; } = [];

    /// <summary>Those of them that were due while Redis was away and nothing else happened: after the dead upstream was out, before the return.</summary>
    public CallRecord[] CallsAway { get; private set; } = [];

    /// <summary>The writes while Redis was away: their status and how long each took.</summary>
    public List<(int Status, TimeSpan Took)> Writes { get; } = [];

    /// <summary>What each gateway said of the age of what it shows, at the end of the outage.</summary>
    public string?[] Staleness { get; private set; } = [];

    /// <summary>How long it took from the death of an upstream until every gateway knew.</summary>
    public TimeSpan EjectedAfter { get; private set; }

    /// <summary>How long it took from Redis' return until every gateway served what was registered after it.</summary>
    public TimeSpan ConvergedAfter { get; private set; }

    /// <summary>Whether each gateway was ready at the end of the outage.</summary>
    public bool WereReady { get; private set; }

    /// <param name="takeAway">Takes Redis away.</param>
    /// <param name="bringBack">Brings it back.</param>
    public async Task RunAsync(Func<Task> takeAway, Func<Task> bringBack)
    {
        CallsBefore = await new OpenLoop(CallsPerSecond, name + "-before").RunAsync(Before, cluster.EchoAsync);
        using var isOver = new CancellationTokenSource();
        using var isConverged = new CancellationTokenSource();
        var clock = new OpenLoop(CallsPerSecond, name + "-during");
        var load = clock.RunUntilAsync(cluster.EchoAsync, isConverged.Token);
        await takeAway();
        var away = Stopwatch.GetTimestamp();
        cluster.Samples[dying].Kill();
        var writing = WriteAsync(isOver.Token);
        EjectedAfter = await cluster.EachAsync(
            async gateway => (await gateway.Rest.InstanceHealthAsync(RunningCluster.Service)).ContainsValue("unhealthy"), Away, "the dead upstream is out at each gateway");
        var ejected = clock.Elapsed;
        var rest = Away - Stopwatch.GetElapsedTime(away);
        if (rest > TimeSpan.Zero) await Task.Delay(rest, TimeProvider.System);
        Staleness = await Task.WhenAll(cluster.Gateways.Select(gateway => gateway.Rest.StalenessAsync()));
        WereReady = (await Task.WhenAll(cluster.Gateways.Select(gateway => gateway.Rest.IsReadyAsync()))).All(ready => ready);
        await isOver.CancelAsync();
        await writing;

        var returning = clock.Elapsed;
        await bringBack();
        ConvergedAfter = await ConvergeAsync();
        await isConverged.CancelAsync();
        CallsDuring = await load;
        CallsAway = [.. CallsDuring.Where(call => call.Due >= ejected && call.Due < returning)];
    }

    /// <summary>The figures in one line.</summary>
    public string Describe(string what) => FormattableString.Invariant(
        $"{what} for {Away.TotalSeconds:0} s, {CallsPerSecond:0} calls/s on 3 gateways: before: {CallRecord.Describe(CallsBefore)}; during: {CallRecord.Describe(CallsDuring)}, without the death of an upstream and the return {CallRecord.Describe(CallsAway)}; {Writes.Count} writes, slowest {Writes.Max(write => write.Took).TotalMilliseconds:0} ms; dead upstream out at all after {EjectedAfter.TotalSeconds:0.0} s; converged {ConvergedAfter.TotalSeconds:0.0} s after the return");

    private async Task WriteAsync(CancellationToken end)
    {
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            Writes.Add(await cluster.Next().Rest.RegisterAsync($"{name}-lost-{number}", Nowhere));
            await Task.Delay(BetweenWrites, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<TimeSpan> ConvergeAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var registered = name + "-after";
        await Eventually.TrueAsync(async () => (await cluster.Gateways[0].Rest.RegisterAsync(registered, Nowhere)).Status == 201, ConvergesWithin, "a write is taken again");
        await cluster.EachAsync(
            async gateway => await gateway.Rest.StalenessAsync() is null && (await gateway.Rest.ServiceNamesAsync()).Contains(registered),
            ConvergesWithin, "each gateway is up to date");
        return Stopwatch.GetElapsedTime(start);
    }
}
