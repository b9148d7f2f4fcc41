using System.Diagnostics;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Samples;

namespace McpRegistry.Tests.Cluster;

/// <summary>Three real gateways on one real Redis, with a stdio server that may run only once.</summary>
[Collection(AcceptanceRun.Leases)]
[Trait("Category", "Acceptance")]
public sealed class PinnedClusterTests : IAsyncLifetime
{
    private const string Service = "rows";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    private readonly SampleLedger _ledger = new();
    private readonly List<PinnedReplica> _replicas = [];
    private readonly List<string> _called = [];
    private RedisServerProcess _redis = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _redis = await RedisServerProcess.StartAsync();
        for (var at = 0; at < 3; at++) _replicas.Add(PinnedReplica.Start(_redis.ConnectionString, new ServersFile().Sample(Service, "--ledger", _ledger.FilePath)));
        foreach (var replica in _replicas) await Eventually.TrueAsync(() => replica.ServesAsync(Service), StartsWithin, $"it serves\n{replica.Output}");
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_replicas.Select(replica => replica.DisposeAsync().AsTask()));
        if (_redis is not null) await _redis.DisposeAsync();
        _ledger.Dispose();
    }

    [RedisFact]
    public async Task One_child_serves_all_replicas_and_goes_from_one_that_ends_to_another()
    {
        foreach (var replica in _replicas) await CallAsync(replica);
        Assert.Single(ProcessesOf(_called));
        var first = await OwnerAsync(_replicas);
        var others = _replicas.Except([first]).ToArray();
        foreach (var other in others) Assert.StartsWith("owner-", Assert.Single(await other.InstancesAsync(Service)).Key, StringComparison.Ordinal);

        // One that is asked to end hands over while it still serves: nobody notices.
        first.Terminate();
        var handedOver = await WhileCallingAsync(others, async () => await AnyOwnsAsync(others), TimeSpan.FromSeconds(10));
        Assert.True(handedOver <= TimeSpan.FromSeconds(3), $"handed over after {handedOver}\n{others[0].Output}");
        var second = await OwnerAsync(others);
        var last = others.Except([second]).Single();
        await WhileCallingAsync(others, async () => await second.IsSettledAsync(Service) && await last.IsSettledAsync(Service), TimeSpan.FromSeconds(20));

        // One that dies is missed until its lease ends.
        await second.KillAsync();
        var taken = await Eventually.TrueAsync(() => last.OwnsAsync(Service), TimeSpan.FromSeconds(30), $"the last one owns it\n{last.Output}");
        Assert.True(taken <= TimeSpan.FromSeconds(20), $"taken over after {taken}");
        await Eventually.TrueAsync(() => last.IsSettledAsync(Service), TimeSpan.FromSeconds(20), "it has settled");
        await CallAsync(last);

        AcceptanceRun.Report($"pinned stdio service: handed over {handedOver.TotalSeconds:0.0} s after SIGTERM, taken over {taken.TotalSeconds:0.0} s after kill -9, {_called.Count} calls meanwhile");
        Assert.All(_called, id => Assert.Single(_ledger.Executions("add_row"), line => line.CallId == id));
        Assert.Equal(3, ProcessesOf(_called).Length);
    }

    [RedisFact]
    public async Task While_Redis_is_away_and_when_it_comes_back_empty_the_same_child_serves_all()
    {
        await _redis.KillAsync();
        var killed = Stopwatch.StartNew();
        // Longer than any lease.
        await WhileCallingAsync([.. _replicas], () => Task.FromResult(killed.Elapsed > TimeSpan.FromSeconds(17)), TimeSpan.FromSeconds(30));
        await _redis.RestartAsync(empty: true);
        var back = Stopwatch.StartNew();
        await WhileCallingAsync([.. _replicas], () => Task.FromResult(back.Elapsed > TimeSpan.FromSeconds(6)), TimeSpan.FromSeconds(30));

        Assert.Single(ProcessesOf(_called));
        Assert.True(await AnyOwnsAsync(_replicas));
    }

    /// <summary>Calls all of these in turn until the condition holds; each call must succeed.</summary>
    private async Task<TimeSpan> WhileCallingAsync(PinnedReplica[] replicas, Func<Task<bool>> isTrue, TimeSpan within) => await Eventually.TrueAsync(
        async () =>
        {
            foreach (var replica in replicas) await CallAsync(replica);
            return await isTrue();
        },
        within,
        "it has moved");

    private async Task CallAsync(PinnedReplica replica)
    {
        var id = $"call-{_called.Count}";
        var answer = await replica.Rest.CallAsync(Service, "add_row", new { call_id = id });
        Assert.True(answer.IsSuccess, $"{id}: {answer.Body}\n{replica.Output}");
        _called.Add(id);
    }

    private int[] ProcessesOf(IEnumerable<string> calls) => [.. _ledger.Executions("add_row").Where(line => calls.Contains(line.CallId)).Select(line => line.Pid).Distinct()];

    private static async Task<PinnedReplica> OwnerAsync(IEnumerable<PinnedReplica> replicas)
    {
        foreach (var replica in replicas)
            if (await replica.OwnsAsync(Service)) return replica;
        throw new InvalidOperationException("Nobody owns it.");
    }

    private static async Task<bool> AnyOwnsAsync(IEnumerable<PinnedReplica> replicas)
    {
        foreach (var replica in replicas)
            if (await replica.OwnsAsync(Service)) return true;
        return false;
    }
}
