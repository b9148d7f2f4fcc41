using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Cluster;

/// <summary>Leases of two processes in a real Redis.</summary>
public sealed class LeaseRedisTests : IAsyncLifetime
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private RedisServerProcess _server = null!;
    private RedisProcess _one = null!;
    private RedisProcess _other = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _server = await RedisServerProcess.StartAsync();
        _one = await LeaderRedis.OpenAsync(_server);
        _other = await LeaderRedis.OpenAsync(_server);
    }

    public async Task DisposeAsync()
    {
        if (_server is null) return;
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _server.DisposeAsync();
    }

    [RedisFact]
    public async Task One_takes_it_the_other_hears_who_and_when_it_is_given_back()
    {
        var (one, other) = (new RedisLeases(_one.Connection), new RedisLeases(_other.Connection));
        var released = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        other.Released += name => released.TrySetResult(name);

        Assert.Equal(new LeaseAnswer(1, "one", Duration), await one.TryTakeAsync("health", "one", Duration, 0, default));
        var refused = await other.TryTakeAsync("health", "other", Duration, 0, default);
        Assert.Equal((false, "one"), (refused.IsTaken, refused.Owner));
        Assert.InRange(refused.Remaining.TotalSeconds, 10, 15);

        await one.ReleaseAsync("health", "one", 1, default);
        Assert.Equal("health", await released.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(2, (await other.TryTakeAsync("health", "other", Duration, 0, default)).Token);
    }

    [RedisFact]
    public async Task Only_the_owner_with_the_newest_token_extends_it_or_gives_it_back()
    {
        var leases = new RedisLeases(_one.Connection);
        await leases.TryTakeAsync("health", "one", TimeSpan.FromSeconds(2), 0, default);

        Assert.False(await leases.TryExtendAsync("health", "other", 1, Duration, default));
        Assert.False(await leases.TryExtendAsync("health", "one", 2, Duration, default));
        await leases.ReleaseAsync("health", "other", 1, default);
        await leases.ReleaseAsync("health", "one", 2, default);

        Assert.True(await leases.TryExtendAsync("health", "one", 1, Duration, default));
        Assert.InRange((await leases.TryTakeAsync("health", "other", Duration, 0, default)).Remaining.TotalSeconds, 10, 15);
    }

    [RedisFact]
    public async Task An_owner_that_did_not_hear_that_it_took_it_takes_it_anew_and_its_old_token_is_dead()
    {
        var leases = new RedisLeases(_one.Connection);
        await leases.TryTakeAsync("health", "one", Duration, 0, default);

        Assert.Equal(2, (await leases.TryTakeAsync("health", "one", Duration, 0, default)).Token);

        Assert.False(await leases.TryExtendAsync("health", "one", 1, Duration, default));
        Assert.True(await leases.TryExtendAsync("health", "one", 2, Duration, default));
    }

    [RedisFact]
    public async Task When_Redis_forgot_everything_the_token_is_higher_than_any_that_was_seen_also_anothers()
    {
        var (one, other) = (new RedisLeases(_one.Connection), new RedisLeases(_other.Connection));
        for (var i = 0; i < 5; i++) await one.TryTakeAsync("health", "one", Duration, 0, default);
        await other.TryTakeAsync("health", "other", Duration, 0, default);

        await _server.ExecuteAsync("DEL", _one.Connection.Key("lease:health"), _one.Connection.Key("lease:health:token"));

        Assert.Equal(6, (await other.TryTakeAsync("health", "other", Duration, 0, default)).Token);
        Assert.False(await one.TryExtendAsync("health", "one", 5, Duration, default));
    }
}
