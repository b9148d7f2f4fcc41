using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Cluster;

/// <summary>Replicas that tell each other of themselves by a real Redis.</summary>
public sealed class ReplicaPresenceTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(15);
    private static readonly Uri One = new("http://127.0.0.1:5081/");
    private static readonly Uri Two = new("http://127.0.0.1:5082/");

    private readonly List<RedisProcess> _processes = [];
    private RedisServerProcess _server = null!;

    public async Task InitializeAsync() => _server = await RedisServerProcess.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        await _server.DisposeAsync();
    }

    [RedisFact]
    public async Task Each_sees_the_others_until_they_leave()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        Assert.Empty(await one.AnnounceAsync("aaaaaaaa", null, Life, default));
        await one.AnnounceAsync("aaaaaaaa", One, Life, default);
        var both = await two.AnnounceAsync("bbbbbbbb", Two, Life, default);
        Assert.Equal((One, Two), (both["aaaaaaaa"], both["bbbbbbbb"]));
        await one.LeaveAsync("aaaaaaaa", default);
        Assert.Equal(["bbbbbbbb"], (await two.AnnounceAsync("bbbbbbbb", Two, Life, default)).Keys);
    }

    [RedisFact]
    public async Task One_that_says_nothing_more_is_forgotten()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        await one.AnnounceAsync("aaaaaaaa", One, TimeSpan.FromMilliseconds(1), default);
        var there = await two.AnnounceAsync("bbbbbbbb", Two, Life, default);
        while (there.ContainsKey("aaaaaaaa")) there = await two.AnnounceAsync("bbbbbbbb", Two, Life, default);
        Assert.Equal("bbbbbbbb", (string?)await _server.ExecuteAsync("SRANDMEMBER", "{mcpregistry}:replicas"));
    }

    [RedisFact]
    public async Task Coming_and_leaving_is_heard_and_staying_is_not()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        var heard = 0;
        using var signal = new SemaphoreSlim(0);
        two.Changed += () =>
        {
            Interlocked.Increment(ref heard);
            signal.Release();
        };
        await one.AnnounceAsync("aaaaaaaa", One, Life, default);
        Assert.True(await signal.WaitAsync(Patience));
        await one.AnnounceAsync("aaaaaaaa", One, Life, default);
        await one.LeaveAsync("aaaaaaaa", default);
        Assert.True(await signal.WaitAsync(Patience));
        Assert.Equal(2, heard);
    }

    private async Task<RedisReplicas> OpenAsync()
    {
        var process = RedisProcess.Create(_server.ConnectionString);
        _processes.Add(process);
        // It wants to hear before the connection is there.
        var replicas = new RedisReplicas(process.Connection);
        await process.Connection.OpenAsync(default);
        await process.UpAsync();
        return replicas;
    }
}
