using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Cluster.Fakes;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Cluster.Hostile;

/// <summary>Keys in a real Redis that hold what no process of ours wrote, be it of another type: nobody is kept from writing, and nothing that was acknowledged is lost.</summary>
public sealed class DamagedKeyTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Acceptance.Harness.TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private RedisServerProcess _server = null!;
    private HostileRedis _redis = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _server = await RedisServerProcess.StartAsync();
        _redis = new HostileRedis(_server);
    }

    public async Task DisposeAsync()
    {
        for (var i = _parts.Count - 1; i >= 0; i--) await _parts[i].DisposeAsync();
        if (_server is not null)
        {
            await _redis.DisposeAsync();
            await _server.DisposeAsync();
        }
        _folder.Dispose();
    }

    [RedisTheory]
    [InlineData("SET", ":version", "abc")]
    [InlineData("SET", ":version", "")]
    [InlineData("SET", ":version", "-5")]
    [InlineData("SET", ":version", "1e5")]
    [InlineData("SET", ":version", "007")]
    [InlineData("SET", ":version", "999999999999999")]
    [InlineData("SET", ":version", "9223372036854775807")]
    [InlineData("SET", ":version", "99999999999999999999999")]
    [InlineData("DEL", ":version")]
    [InlineData("LPUSH", ":version", "1")]
    [InlineData("HSET", ":version", "a", "b")]
    [InlineData("SET", ":generation", "garbage")]
    [InlineData("SET", ":generation", "")]
    [InlineData("SET", ":generation", "999999999999999 abc")]
    [InlineData("SET", ":generation", "99999999999999999999 abc")]
    [InlineData("SET", ":generation", "-1 abc x=1,y=99999999999999999999")]
    [InlineData("DEL", ":generation")]
    [InlineData("SADD", ":generation", "1")]
    [InlineData("SET", ":registrations", "garbage")]
    [InlineData("LPUSH", ":drained", "garbage")]
    [InlineData("SADD", ":drained", "no instance", "a/b/c")]
    [InlineData("DEL", ":schema")]
    [InlineData("SET", ":schema", "garbage")]
    [InlineData("HSET", ":schema", "a", "b")]
    public async Task A_damaged_key_keeps_nobody_from_writing_and_loses_nothing(string command, string key, params string[] words)
    {
        var a = await StartAsync("a.json");
        var b = await StartAsync("b.json");
        Assert.Equal(RegistryResultKind.Done, (await a.Registry.RegisterAsync(Http("before", 1), default)).Kind);
        Assert.Equal(RegistryResultKind.Done, (await a.Registry.SetDrainingAsync("before", "127.0.0.1-1", true, default)).Kind);
        await Eventually.TrueAsync(() => b.Instances("before") is [{ IsDraining: true }], Patience, "both know it");

        // SET takes the place of any type.
        if (command is "LPUSH" or "HSET" || (command, key) == ("SADD", ":generation")) await _redis.DoAsync("DEL", key);
        await _redis.DoAsync(command, [key, .. words]);

        var port = 100;
        foreach (var replica in (Replica[])[a, b])
        {
            await Eventually.TrueAsync(
                async () => (await replica.Registry.RegisterAsync(Http($"s{++port}", port), default)).Kind == RegistryResultKind.Done, Patience, $"it can write after {command} {key}");
            await Eventually.TrueAsync(
                () => a.Names.Contains($"s{port}") && b.Names.Contains($"s{port}") && a.Names.Contains("before") && b.Names.Contains("before"), Patience, $"both have everything after {command} {key}");
        }
        Assert.Equal(RegistryResultKind.Done, (await b.Registry.RemoveAsync($"s{port}", default)).Kind);
        await Eventually.TrueAsync(() => !a.Names.Contains($"s{port}") && a.Freshness.IsInStep && b.Freshness.IsInStep, Patience, "it is gone everywhere");
        Assert.True(a.Instances("before")[0].IsDraining);

        // One that starts now, and knows nothing of all this.
        var late = await StartAsync("late.json");
        await Eventually.TrueAsync(() => late.Names.SequenceEqual(a.Names), Patience, "a new process has everything");
        Assert.Equal(RegistryResultKind.Done, (await late.Registry.RegisterAsync(Http("late", 99), default)).Kind);
        await Eventually.TrueAsync(() => a.Names.Contains("late"), Patience, "and can write");
    }

    [RedisTheory]
    [InlineData("LPUSH", ":lease:x", "garbage")]
    [InlineData("HSET", ":lease:x:token", "a", "b")]
    [InlineData("SET", ":lease:x:token", "garbage")]
    [InlineData("SET", ":lease:x:token", "1e300")]
    [InlineData("SET", ":lease:x:token", "-7")]
    [InlineData("SET", ":lease:x", "somebody")]
    public async Task A_damaged_lease_is_taken(string command, string key, params string[] words)
    {
        var leases = new RedisLeases((await OpenAsync()).Connection, Mcp.ReplicaHosts.Seals);
        await _redis.DoAsync(command, [key, .. words]);

        var answer = await leases.TryTakeAsync("x", "me", TimeSpan.FromSeconds(10), knownToken: 41, default);

        Assert.Equal((42, "me"), (answer.Token, answer.Owner));
        Assert.True(await leases.TryExtendAsync("x", "me", answer.Token, TimeSpan.FromSeconds(10), default));
        Assert.Equal((0, "me"), await new RedisLeases((await OpenAsync()).Connection, Mcp.ReplicaHosts.Seals).TryTakeAsync("x", "other", TimeSpan.FromSeconds(10), 0, default) is var other ? (other.Token, other.Owner) : default);
    }

    [RedisFact]
    public async Task A_damaged_list_of_replicas_or_a_damaged_one_among_them_hides_no_other()
    {
        var one = new RedisReplicas((await OpenAsync()).Connection, Mcp.ReplicaHosts.Seals);
        var other = new RedisReplicas((await OpenAsync()).Connection, Mcp.ReplicaHosts.Seals);
        var life = TimeSpan.FromSeconds(15);
        await _redis.DoAsync("SET", ":replicas", "garbage");
        await one.AnnounceAsync("aaaaaaaa", new Uri("http://127.0.0.1:1/"), life, default);
        await _redis.DoAsync("LPUSH", ":replica:cccccccc", "garbage");
        await _redis.DoAsync("SET", ":replica:dddddddd", "http://127.0.0.1:2/ 1 v1.AAAA");
        await _redis.DoAsync("SADD", ":replicas", "cccccccc", "dddddddd");

        var found = await other.AnnounceAsync("bbbbbbbb", new Uri("http://127.0.0.1:3/"), life, default);

        Assert.Equal(["aaaaaaaa", "bbbbbbbb"], found.Keys.Order(StringComparer.Ordinal));
    }

    private async Task<RedisProcess> OpenAsync()
    {
        var process = await RedisProcess.OpenAsync(_server.ConnectionString);
        await process.UpAsync(withinSeconds: 60);
        _parts.Add(process);
        return process;
    }

    private async Task<Replica> StartAsync(string snapshot)
    {
        var process = RedisProcess.Create(_server.ConnectionString);
        _parts.Add(process);
        await process.Connection.OpenAsync(default);
        await process.UpAsync(withinSeconds: 60);
        var replica = new Replica(process.Store, TimeProvider.System, _folder.File(snapshot), poll: TimeSpan.FromMilliseconds(200));
        _parts.Add(replica);
        await replica.StartAsync();
        return replica;
    }

    private static ServiceRegistration Http(string name, int port) => State.LiveRegistry.Http(name, port);
}
