using System.Diagnostics;

using McpRegistry.Tests.Acceptance.Harness;

using Xunit.Abstractions;

namespace McpRegistry.Tests.Acceptance;

/// <summary>One of several health workers leads; when it is gone another does, and what it says afterwards does not count.</summary>
[Collection(AcceptanceRun.Leases)]
[Trait("Category", "Acceptance")]
public sealed class LeadershipTests(RunningCluster cluster, ITestOutputHelper output) : IClassFixture<RunningCluster>
{
    private static readonly int Kills = AcceptanceRun.Choose(1, 20);
    private static readonly TimeSpan Successor = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);

    [ClusterFact]
    public async Task A_killed_leader_has_a_successor_within_twenty_seconds()
    {
        await cluster.RestoreAsync();
        var times = new List<TimeSpan>();
        using var isOver = new CancellationTokenSource();
        var load = new OpenLoop(50, "leader").RunUntilAsync(cluster.EchoAsync, isOver.Token);

        for (var kill = 0; kill < Kills; kill++)
        {
            var (leader, lease) = await LeaderAsync();
            await leader.KillAsync();
            times.Add(await SuccessorAsync(lease, Successor));
            await leader.RestartAsync();
        }
        await isOver.CancelAsync();
        var calls = await load;

        Report(FormattableString.Invariant($"leader kill -9, {Kills} times: a new one after {string.Join(", ", times.Select(time => FormattableString.Invariant($"{time.TotalSeconds:0.0}")))} s; calls meanwhile: {CallRecord.Describe(calls)}"));
        Assert.Equal([], calls.Where(call => !call.IsSuccess));
    }

    [ClusterFact]
    public async Task A_leader_that_is_asked_to_stop_hands_over_within_three_seconds()
    {
        await cluster.RestoreAsync();
        var (leader, lease) = await LeaderAsync();

        leader.Send("TERM");
        var time = await SuccessorAsync(lease, HandOver);

        Report(FormattableString.Invariant($"leader SIGTERM: a new one after {time.TotalSeconds:0.0} s"));
    }

    [ClusterFact]
    public async Task What_a_leader_says_that_was_stopped_meanwhile_does_not_count()
    {
        await cluster.RestoreAsync();
        var (leader, old) = await LeaderAsync();

        leader.Send("STOP");
        await SuccessorAsync(old, Successor);
        var current = await LeaseAsync();
        cluster.Samples[2].Kill();
        await cluster.EachAsync(async gateway => (await gateway.Rest.InstanceHealthAsync(RunningCluster.Service)).ContainsValue("unhealthy"), Successor, "the dead upstream is out at each gateway");
        await Eventually.TrueAsync(async () => (await VerdictsAsync()).Any(verdict => verdict.Contains("unhealthy", StringComparison.OrdinalIgnoreCase)), Successor, "the new leader has seen it");
        leader.Send("CONT");

        // The old leader believes for a moment that it leads: whatever it writes then must not be seen.
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(6))
        {
            Assert.Equal(current, await LeaseAsync());
            Assert.Contains(await VerdictsAsync(), verdict => verdict.Contains("unhealthy", StringComparison.OrdinalIgnoreCase));
            foreach (var gateway in cluster.Gateways) Assert.Contains("unhealthy", (await gateway.Rest.InstanceHealthAsync(RunningCluster.Service)).Values);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
        Report($"leader stopped and continued: token {old.Token} before, {current.Token} now; nothing it said was taken");
        Assert.True(current.Token > old.Token);
    }

    /// <summary>The worker that leads: it has said so, with the token that the lease has now.</summary>
    private async Task<(WorkerProcess Worker, Lease Lease)> LeaderAsync()
    {
        Lease lease = default;
        await Eventually.TrueAsync(async () => (lease = await LeaseAsync()).Owner is not null && Leading(lease) is not null, Successor, "a worker leads");
        return (Leading(lease)!, lease);
    }

    private WorkerProcess? Leading(Lease lease) => cluster.Workers.SingleOrDefault(
        worker => !worker.HasExited && worker.Output.Split('\n').Any(line => line.TrimEnd().EndsWith($"the lease health, token {lease.Token}", StringComparison.Ordinal)));

    private Task<TimeSpan> SuccessorAsync(Lease before, TimeSpan within) => Eventually.TrueAsync(
        async () => await LeaseAsync() is { Owner: not null } now && now.Owner != before.Owner, within, "another worker leads");

    private async Task<Lease> LeaseAsync()
    {
        await using var redis = await cluster.Redis.ConnectAsync();
        var keys = redis.GetDatabase();
        return new Lease(await keys.StringGetAsync(RunningCluster.Key("lease:health")), (long)await keys.StringGetAsync(RunningCluster.Key("lease:health:token")));
    }

    private async Task<string[]> VerdictsAsync()
    {
        await using var redis = await cluster.Redis.ConnectAsync();
        return [.. (await redis.GetDatabase().HashGetAllAsync(RunningCluster.Key("health"))).Select(entry => $"{entry.Name} {entry.Value}")];
    }

    private void Report(string figure)
    {
        output.WriteLine(figure);
        AcceptanceRun.Report(figure);
    }

    private readonly record struct Lease(string? Owner, long Token);
}
