using System.Diagnostics;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>Redis hangs, dies, comes back, moves.</summary>
public sealed class RedisOutageTests
{
    [RedisFact]
    public async Task A_Redis_that_hangs_while_nobody_asks_is_noticed_all_the_same()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands);

        server.Stop();

        await process.UpAsync(false, withinSeconds: 4);
    }

    [RedisFact]
    public async Task A_Redis_that_hung_for_long_is_back_soon_after_it_goes_on()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands)).SeededAsync();
        var changes = new Changes(process.Store);
        server.Stop();
        // Longer than the client itself believes in a connection: it gives it up and makes others, which hang as well.
        await Task.Delay(TimeSpan.FromSeconds(12), TimeProvider.System);

        server.Continue();

        Assert.InRange(await process.UpAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(4));
        Assert.True(await process.Store.TryAddAsync(Service("after"), default));
        await changes.OfAsync("after");
    }

    [RedisFact]
    public async Task A_restart_too_short_for_any_ping_is_noticed()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands)).SeededAsync();
        var away = new TaskCompletionSource();
        process.Store.UpChanged += () => away.TrySetResult();

        await server.KillAsync();
        await server.RestartAsync(empty: true);

        await away.Task.WaitAsync(TimeSpan.FromSeconds(5));
        await process.UpAsync();
        Assert.Null(await process.Store.PositionAsync(default));
    }

    [RedisFact]
    public async Task A_process_that_starts_without_Redis_uses_it_from_when_it_comes()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.KillAsync();
        var watch = Stopwatch.StartNew();
        await using var process = await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        var changes = new Changes(process.Store);
        await Assert.ThrowsAsync<RegistryStoreException>(() => process.Store.PositionAsync(default).AsTask());

        await server.RestartAsync();

        await process.UpAsync();
        await process.SeededAsync();
        await process.Store.TryAddAsync(Service("after"), default);
        await changes.OfAsync("after");
    }

    [RedisFact]
    public async Task A_master_that_was_made_a_replica_counts_as_away_until_it_is_master_again()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString, RedisProcess.ShortCommands)).SeededAsync();

        await server.ExecuteAsync("REPLICAOF", "127.0.0.1", FreePort.Find());
        await Assert.ThrowsAsync<RegistryStoreException>(() => process.Store.TryAddAsync(Service("lost"), default).AsTask());
        Assert.False(process.Store.IsUp);
        await server.ExecuteAsync("REPLICAOF", "NO", "ONE");

        await process.UpAsync();
        Assert.True(await process.Store.TryAddAsync(Service("after"), default));
    }

    [RedisFact]
    public async Task When_two_managed_servers_change_roles_the_new_master_is_written_to()
    {
        await using var first = await RedisServerProcess.StartAsync();
        await using var second = await ReplicaOfAsync(first);
        await using var process = await (await RedisProcess.OpenAsync($"{first.ConnectionString},{second.ConnectionString}", RedisProcess.ShortCommands)).SeededAsync();
        await process.Store.TryAddAsync(Service("before"), default);
        await CaughtUpAsync(second);

        await second.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await first.ExecuteAsync("REPLICAOF", "127.0.0.1", second.Port);

        var took = await Eventually.TrueAsync(() => AddsAsync(process.Store, "after"), TimeSpan.FromSeconds(15), "writes work again");
        AcceptanceRun.Report($"redis, two servers changed roles: writes again after {took.TotalSeconds:0.0} s");
        Assert.True(await second.ExecuteAsync("HEXISTS", "{mcpregistry}:registrations", "after") is { } there && (bool)there);
    }

    [RedisFact]
    public async Task After_a_failover_by_Sentinel_writes_go_to_the_new_master()
    {
        await using var master = await RedisServerProcess.StartAsync();
        await using var replica = await ReplicaOfAsync(master);
        await using var sentinel = await RedisSentinelProcess.StartAsync(master);
        await using var process = await (await RedisProcess.OpenAsync(sentinel.ConnectionString, RedisProcess.ShortCommands)).SeededAsync();
        Assert.True(await process.Store.TryAddAsync(Service("before"), default));
        var changes = new Changes(process.Store);
        await CaughtUpAsync(replica);

        await master.KillAsync();

        var took = await Eventually.TrueAsync(() => AddsAsync(process.Store, "after"), TimeSpan.FromSeconds(30), "writes work again");
        AcceptanceRun.Report($"redis, failover by Sentinel (1 s of silence): writes again {took.TotalSeconds:0.0} s after kill -9");
        Assert.Equal(["after", "before"], (await process.Store.ListAsync(default)).Select(one => one.Name));
        await changes.OfAsync("after");
    }

    private static async Task<RedisServerProcess> ReplicaOfAsync(RedisServerProcess master)
    {
        var replica = await RedisServerProcess.StartAsync(new RedisServerSettings { Lines = [$"replicaof 127.0.0.1 {master.Port}"] });
        await Eventually.TrueAsync(
            async () => ((string?)await replica.ExecuteAsync("INFO", "replication"))!.Contains("master_link_status:up", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20), "the replica follows");
        return replica;
    }

    private static Task<TimeSpan> CaughtUpAsync(RedisServerProcess replica) => Eventually.TrueAsync(
        async () => (bool)await replica.ExecuteAsync("HEXISTS", "{mcpregistry}:registrations", "before"), TimeSpan.FromSeconds(10), "the replica has what was written");

    private static async Task<bool> AddsAsync(ISharedRegistry store, string name)
    {
        try { return await store.TryAddAsync(Service(name), default) || (await store.ListAsync(default)).Any(one => one.Name == name); }
        catch (RegistryStoreException) { return false; }
    }

    private static ServiceRegistration Service(string name) => new() { Name = name, Version = 1, BaseUrl = new Uri("http://localhost:9/mcp") };
}
