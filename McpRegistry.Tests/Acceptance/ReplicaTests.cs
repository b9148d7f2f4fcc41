using McpRegistry.Tests.Acceptance.Harness;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Several gateways are one: what one was told all know, and none needs the others to serve.</summary>
[Collection(RunningCluster.Collection)]
[Trait("Category", "Acceptance")]
public sealed class ReplicaTests(RunningCluster cluster, ITestOutputHelper output)
{
    private static readonly int Rounds = AcceptanceRun.Choose(3, 20);
    private static readonly TimeSpan ServedWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NeverReady = TimeSpan.FromSeconds(3);

    [ClusterFact]
    public async Task A_registration_at_one_gateway_is_served_by_all_within_a_second()
    {
        await cluster.RestoreAsync();
        var times = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            var name = $"served-{round}";
            Assert.Equal(201, (await cluster.Next().Rest.RegisterAsync(name, cluster.Samples[0].Endpoint)).Status);
            times.Add(await cluster.EachAsync(async gateway => (await gateway.Rest.CallAsync(name, "echo", new { message = name })).IsSuccess, TimeSpan.FromSeconds(10), "each gateway serves it"));
        }

        Report(FormattableString.Invariant($"registered at one of 3 gateways, called at all, {Rounds} times: median {times.Order().ElementAt(Rounds / 2).TotalMilliseconds:0} ms, longest {times.Max().TotalMilliseconds:0} ms"));
        Assert.All(times, time => Assert.InRange(time, TimeSpan.Zero, ServedWithin));
    }

    [ClusterFact]
    public async Task A_legacy_session_works_at_any_gateway_and_outlives_the_one_it_was_opened_at()
    {
        await cluster.RestoreAsync();
        using var caller = await LegacyCaller.OpenAsync(cluster.Gateways[0].Mcp);

        foreach (var gateway in cluster.Gateways)
            Assert.True((await caller.CallAsync(gateway.Mcp, "svc__echo", new { message = "here" })) is { IsSuccess: true } answer, $"{gateway.Url}\n{gateway.Output}");
        await cluster.Gateways[0].KillAsync();

        for (var round = 0; round < 5; round++)
            foreach (var gateway in cluster.Gateways[1..])
            {
                var answer = await caller.CallAsync(gateway.Mcp, "svc__echo", new { message = "still here" });
                Assert.True(answer.IsSuccess, $"{answer}\n{gateway.Output}");
            }
    }

    [ClusterFact]
    public async Task A_gateway_that_starts_without_Redis_serves_what_it_remembers()
    {
        await cluster.RestoreAsync();
        var gateway = cluster.Gateways[0];
        Assert.Equal(201, (await gateway.Rest.RegisterAsync("remembered", cluster.Samples[0].Endpoint)).Status);
        await Eventually.TrueAsync(() => Remembers(gateway.File("redis-snapshot.json"), "remembered"), StartsWithin, "the gateway wrote down what it knows");
        await cluster.Redis.KillAsync();
        await gateway.KillAsync();

        await gateway.RelaunchAsync();
        var ready = await gateway.ReadyAsync(StartsWithin);

        Report(FormattableString.Invariant($"gateway started while Redis is dead: ready after {ready.TotalSeconds:0.0} s from what it had written down"));
        Assert.True((await gateway.Rest.CallAsync("remembered", "echo", new { message = "here" })).IsSuccess, gateway.Output);
        Assert.NotNull(await gateway.Rest.StalenessAsync());
        Assert.InRange(ready, TimeSpan.Zero, ReadyWithin);
    }

    [ClusterFact]
    public async Task A_gateway_that_starts_without_Redis_and_remembers_nothing_lives_but_is_not_ready()
    {
        await cluster.RestoreAsync();
        var snapshot = cluster.Gateways[0].File("redis-snapshot.json");
        await Eventually.TrueAsync(() => File.Exists(snapshot), StartsWithin, "the gateway wrote down what it knows");
        var whole = await File.ReadAllBytesAsync(snapshot);
        await cluster.Redis.KillAsync();
        using var folder = new TemporaryFolder();
        var flipped = whole.ToArray();
        flipped[whole.Length / 2] ^= 0x10;
        var files = new Dictionary<string, byte[]?> { ["none"] = null, ["empty"] = [], ["truncated"] = whole[..(whole.Length / 2)], ["flipped"] = flipped };
        var gateways = files.ToDictionary(file => file.Key, file => Launch(folder.File(file.Key), file.Value));
        try
        {
            foreach (var (kind, gateway) in gateways)
            {
                await Eventually.TrueAsync(gateway.Rest.IsAliveAsync, StartsWithin, $"with {kind} it lives\n{gateway.Output}");
                Assert.False(gateway.HasExited, gateway.Output);
            }
            await Task.Delay(NeverReady, TimeProvider.System);
            foreach (var (kind, gateway) in gateways) Assert.False(await gateway.Rest.IsReadyAsync(), $"ready with {kind}\n{gateway.Output}");

            await cluster.Redis.RestartAsync();
            foreach (var (kind, gateway) in gateways)
            {
                await gateway.ReadyAsync(StartsWithin);
                await gateway.ListsToolsOfAsync(RunningCluster.Service);
            }
        }
        finally { await Task.WhenAll(gateways.Values.Select(one => one.DisposeAsync().AsTask())); }
    }

    private GatewayProcess Launch(string snapshot, byte[]? content)
    {
        if (content is not null) File.WriteAllBytes(snapshot, content);
        return GatewayProcess.Launch(cluster.Servers, new Dictionary<string, string>(cluster.Settings) { ["McpRegistry:Cluster:SnapshotPath"] = snapshot });
    }

    private static bool Remembers(string file, string service) => File.Exists(file) && File.ReadAllText(file).Contains($"\"{service}\"", StringComparison.Ordinal);

    private void Report(string figure)
    {
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
    }
}
