using McpRegistry.Tests.Acceptance.Harness;

using StackExchange.Redis;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Redis is where several gateways meet, and not where calls go through: without it calls go on.</summary>
[Collection(RunningCluster.Collection)]
[Trait("Category", "Acceptance")]
public sealed class RedisOutageTests(RunningCluster cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan ConvergesWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestCommand = TimeSpan.FromMilliseconds(500);

    // The answer's own way through a machine that is busy with the calls.
    private static readonly TimeSpan AnswerTime = AcceptanceRun.Choose(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(150));

    // Ten percent is the goal; four seconds on a machine with two cores tell less than that apart.
    private static readonly (double Times, TimeSpan Plus) Unharmed = AcceptanceRun.Choose((2.0, TimeSpan.FromMilliseconds(150)), (1.1, TimeSpan.FromMilliseconds(2)));

    [ClusterFact]
    public async Task No_call_fails_or_waits_while_Redis_is_dead()
    {
        await cluster.RestoreAsync();
        var run = new OutageRun(cluster, "killed", dying: 0);

        await run.RunAsync(cluster.Redis.KillAsync, () => cluster.Redis.RestartAsync());

        Verify(run, "Redis kill -9");
    }

    [ClusterFact]
    public async Task No_call_fails_or_waits_while_Redis_hangs()
    {
        await cluster.RestoreAsync();
        var run = new OutageRun(cluster, "stopped", dying: 1);

        await run.RunAsync(() => Do(cluster.Redis.Stop), () => Do(cluster.Redis.Continue));

        Verify(run, "Redis kill -STOP");
    }

    [ClusterFact]
    public async Task Redis_that_comes_back_empty_is_filled_again()
    {
        await cluster.RestoreAsync();
        const int Added = 10;
        for (var number = 0; number < Added; number++) Assert.Equal(201, (await cluster.Next().Rest.RegisterAsync($"kept-{number}", new Uri("http://127.0.0.1:9/mcp"))).Status);
        await cluster.EachAsync(async gateway => (await gateway.Rest.ServiceNamesAsync()).Count(name => name.StartsWith("kept-", StringComparison.Ordinal)) == Added, ConvergesWithin, "each gateway has them");
        var before = await cluster.Gateways[0].Rest.ServiceNamesAsync();
        var stored = (long)await CommandAsync("HLEN", RunningCluster.Key("registrations"));
        var generation = await GenerationAsync();

        await cluster.Redis.KillAsync();
        await cluster.Redis.RestartAsync(empty: true);
        var filled = await Eventually.TrueAsync(async () => (long)await CommandAsync("HLEN", RunningCluster.Key("registrations")) == stored, TimeSpan.FromSeconds(15), "the registrations are in Redis again");
        await cluster.EachAsync(async gateway => await gateway.Rest.StalenessAsync() is null, ConvergesWithin, "no gateway is stale");

        foreach (var gateway in cluster.Gateways) Assert.Equal(before.Order(StringComparer.Ordinal), (await gateway.Rest.ServiceNamesAsync()).Order(StringComparer.Ordinal));
        var after = await GenerationAsync();
        Report(FormattableString.Invariant($"Redis back empty: {stored} registrations there again after {filled.TotalSeconds:0.0} s, 0 services lost, generation {generation} -> {after}"));
        Assert.True(after > generation);
    }

    private void Verify(OutageRun run, string what)
    {
        Report(run.Describe(what));
        Assert.Equal([], run.CallsBefore.Concat(run.CallsDuring).Where(call => !call.IsSuccess));
        Assert.InRange(CallRecord.Percentile(run.CallsAway, 0.99), TimeSpan.Zero, CallRecord.Percentile(run.CallsBefore, 0.99) * Unharmed.Times + Unharmed.Plus);
        Assert.All(run.Writes, write => Assert.Equal(503, write.Status));
        Assert.All(run.Writes, write => Assert.InRange(write.Took, TimeSpan.Zero, LongestCommand + AnswerTime));
        Assert.All(run.Staleness, Assert.NotNull);
        Assert.True(run.WereReady);
        Assert.InRange(run.ConvergedAfter, TimeSpan.Zero, ConvergesWithin);
    }

    private async Task<long> GenerationAsync() => long.Parse(((string)(await CommandAsync("GET", RunningCluster.Key("generation")))!).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private Task<RedisResult> CommandAsync(string command, params object[] arguments) => cluster.Redis.ExecuteAsync(command, arguments);

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private void Report(string figure)
    {
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
    }
}
