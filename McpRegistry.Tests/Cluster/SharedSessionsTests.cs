using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Cluster.Fakes;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Cluster;

/// <summary>The fake of the tests keeps to the contract.</summary>
public sealed class FakeSharedSessionsTests : SharedSessionsContract
{
    protected override ISharedSessions Sessions { get; } = new FakeSharedSessions();
}

/// <summary>The contract in a real Redis, and what only that can show.</summary>
public sealed class RedisSessionsTests : SharedSessionsContract, IAsyncLifetime
{
    private RedisServerProcess _server = null!;
    private RedisProcess _process = null!;
    private RedisSessions _sessions = null!;

    protected override ISharedSessions Sessions => _sessions;

    public async Task InitializeAsync()
    {
        _server = await RedisServerProcess.StartAsync();
        _process = await RedisProcess.OpenAsync(_server.ConnectionString);
        await _process.UpAsync();
        _sessions = new RedisSessions(_process.Connection);
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        await _server.DisposeAsync();
    }

    [RedisFact]
    public async Task A_session_ends_with_its_life_and_a_touch_or_a_claim_lengthens_it()
    {
        var session = new SharedSession { Id = "aaaaaaaa-1", Replica = "aaaaaaaa", ProtocolVersion = "2025-11-25" };
        await _sessions.SaveAsync(session, TimeSpan.FromSeconds(10), default);
        Assert.InRange(await LifeAsync(session.Id), 1, 10_000);
        await _sessions.TouchAsync("aaaaaaaa", [(session.Id, TimeSpan.FromSeconds(20))], default);
        Assert.InRange(await LifeAsync(session.Id), 10_001, 20_000);
        await _sessions.ClaimAsync(new SessionClaim(session.Id, null, null, "aaaaaaaa", "bbbbbbbb", TimeSpan.FromSeconds(30)), default);
        Assert.InRange(await LifeAsync(session.Id), 20_001, 30_000);
    }

    [RedisFact]
    public async Task Without_Redis_everything_says_so()
    {
        await _server.KillAsync();
        await Assert.ThrowsAsync<RegistryStoreException>(async () => await _sessions.RemoveAsync("aaaaaaaa-1", default));
    }

    private async Task<long> LifeAsync(string id) => (long)await _server.ExecuteAsync("PTTL", _process.Connection.Key("session:" + id));
}
