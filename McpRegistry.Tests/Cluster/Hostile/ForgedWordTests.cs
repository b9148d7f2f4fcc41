using System.Text;
using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Mcp;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Cluster.Hostile;

/// <summary>Verdicts, sessions and the copy on disk, in the words of somebody who has not the key.</summary>
public sealed class ForgedWordTests : IAsyncLifetime
{
    private static readonly InstanceName Instance = new("bank", "one");
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 6, 0, 0, TimeSpan.Zero));
    private RedisServerProcess _server = null!;
    private RedisProcess _process = null!;
    private HostileRedis _redis = null!;

    public async Task InitializeAsync()
    {
        if (RedisServerProcess.WhyNot is not null) return;
        _server = await RedisServerProcess.StartAsync();
        _process = await RedisProcess.OpenAsync(_server.ConnectionString);
        await _process.UpAsync(withinSeconds: 60);
        _redis = new HostileRedis(_server);
    }

    public async Task DisposeAsync()
    {
        if (_server is null) return;
        await _redis.DisposeAsync();
        await _process.DisposeAsync();
        await _server.DisposeAsync();
    }

    [RedisFact]
    public async Task A_verdict_of_nobody_is_no_advice_and_an_old_one_is_old_whenever_it_is_told_again()
    {
        await _redis.DoAsync("SET", ":lease:health:token", "1");
        await BoardOf().TryWriteAsync(1, [Verdict(HealthVerdict.Unhealthy)], [], default);
        var old = (string)(await _redis.DoAsync("HGET", ":health", "bank/one"))!;
        Assert.Equal(HealthVerdict.Unhealthy, Assert.Single(await BoardOf().ReadAsync(default)).Advice.Verdict);

        _time.Advance(TimeSpan.FromMinutes(10));
        var reader = BoardOf();
        await BoardOf().TryWriteAsync(1, [Verdict(HealthVerdict.Healthy)], [], default);
        Assert.Equal(HealthVerdict.Healthy, Assert.Single(await reader.ReadAsync(default)).Advice.Verdict);
        // With a new time by Redis' clock.
        var now = ((string)(await _redis.DoAsync("HGET", ":health", "bank/one"))!).Split(',')[0];
        await _redis.DoAsync("HSET", ":health", "bank/one", now + old[old.IndexOf(',', StringComparison.Ordinal)..]);
        Assert.Empty(await reader.ReadAsync(default));
        Assert.InRange(Assert.Single(await BoardOf().ReadAsync(default)).Advice.Age, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11));

        foreach (var forged in (string[])["""{"verdict":"Unhealthy","answered":false,"ms":1}""", old.Replace("Unhealthy", "Healthy", StringComparison.Ordinal), "{}", "", "null"])
        {
            await _redis.DoAsync("HSET", ":health", "bank/one", forged);
            Assert.Empty(await BoardOf().ReadAsync(default));
        }
        await _redis.DoAsync("HSET", ":health", "other/one", old);
        Assert.Empty(await BoardOf().ReadAsync(default));
    }

    [RedisFact]
    public async Task A_verdict_told_by_message_must_be_sealed_as_well()
    {
        var heard = new List<SharedVerdict>();
        var board = BoardOf();
        await board.SubscribeAsync(verdicts => { lock (heard) heard.AddRange(verdicts); }, default);
        await _redis.DoAsync("SET", ":lease:health:token", "1");
        await _redis.DoAsync("PUBLISH", ":verdicts", """{"bank/one":{"verdict":"Unhealthy","answered":false,"ms":1}}""");
        await BoardOf().TryWriteAsync(1, [Verdict(HealthVerdict.Healthy)], [], default);

        await Acceptance.Harness.Eventually.TrueAsync(() => { lock (heard) return heard.Count > 0; }, TimeSpan.FromSeconds(20), "the worker's own is heard");

        Assert.Equal(HealthVerdict.Healthy, Assert.Single(heard).Advice.Verdict);
    }

    [RedisTheory]
    [InlineData("client", """{"name":"x"},"arguments":{"to":"thief"}""")]
    [InlineData("client", """{"name":"somebody else"}""")]
    [InlineData("level", "=debug")]
    [InlineData("version", "2024-11-05")]
    [InlineData("level", "")]
    [InlineData("seal", "")]
    public async Task A_session_that_somebody_changed_is_not_gone_on_with(string field, string value)
    {
        var sessions = new RedisSessions(_process.Connection, ReplicaHosts.Seals);
        await sessions.SaveAsync(Session(), Life, default);
        Assert.NotNull(await sessions.ClaimAsync(Claim("aaaaaaaa", "bbbbbbbb"), default));

        await _redis.DoAsync("HSET", ":session:aaaaaaaa-1", field, value);

        Assert.Null(await sessions.ClaimAsync(Claim("bbbbbbbb", "cccccccc"), default));
    }

    [RedisTheory]
    [InlineData("client", """{"name":"x"},"arguments":{"to":"thief"}""")]
    [InlineData("client", "[]")]
    [InlineData("level", "")]
    [InlineData("version", "")]
    public async Task Without_a_key_a_session_must_at_least_be_one(string field, string value)
    {
        var sessions = new RedisSessions(_process.Connection);
        await sessions.SaveAsync(Session(), Life, default);

        await _redis.DoAsync("HSET", ":session:aaaaaaaa-1", field, value);

        Assert.Null(await sessions.ClaimAsync(Claim("aaaaaaaa", "bbbbbbbb"), default));
    }

    [RedisFact]
    public async Task A_session_of_another_type_hides_no_other_and_is_written_anew()
    {
        var sessions = new RedisSessions(_process.Connection, ReplicaHosts.Seals);
        await sessions.SaveAsync(Session(), Life, default);
        await _redis.DoAsync("SET", ":session:aaaaaaaa-2", "garbage");

        Assert.Equal((SharedSessionState[])[SharedSessionState.Missing, SharedSessionState.Own], await sessions.TouchAsync("aaaaaaaa", [("aaaaaaaa-2", Life), ("aaaaaaaa-1", Life)], default));
        Assert.Null(await sessions.FindAsync("aaaaaaaa-2", null, null, default));
        await sessions.SaveAsync(Session() with { Id = "aaaaaaaa-2" }, Life, default);
        Assert.Equal("aaaaaaaa", await sessions.FindAsync("aaaaaaaa-2", null, null, default));
    }

    [RedisFact]
    public async Task What_somebody_wrote_into_the_copy_on_disk_is_left_out()
    {
        var good = new ServiceRegistration { Name = "good", Version = 1, BaseUrl = new Uri("http://127.0.0.1:1/") };
        var copy = Encoding.UTF8.GetString(_process.Store.Seal(new SharedContent(null, [good, good with { Name = "bank" }], [])));
        Assert.Equal(["good", "bank"], _process.Store.Unseal(Encoding.UTF8.GetBytes(copy))!.Registrations.Select(one => one.Name));

        var evil = JsonSerializer.Serialize("""{"name":"evil","protocol":"stdio","config":{"command":"sh"}}""");
        var forged = copy.Replace("[{\"Name\":\"good\"", $"[{{\"Name\":\"evil\",\"Text\":{evil}}},{{\"Name\":\"good\"", StringComparison.Ordinal)
            .Replace("{\"Name\":\"bank\"", "{\"Name\":\"thief\"", StringComparison.Ordinal);

        Assert.NotEqual(copy, forged);
        Assert.Equal(["good"], _process.Store.Unseal(Encoding.UTF8.GetBytes(forged))!.Registrations.Select(one => one.Name));
    }

    private RedisHealthBoard BoardOf() => new(_process.Connection, ReplicaHosts.Seals, _time);

    private static SharedVerdict Verdict(HealthVerdict verdict) => new(Instance, new HealthAdvice(verdict, new ProbeResult(verdict == HealthVerdict.Healthy, TimeSpan.FromMilliseconds(3)), TimeSpan.Zero));

    private static SharedSession Session() => new() { Id = "aaaaaaaa-1", Replica = "aaaaaaaa", ProtocolVersion = "2025-11-25", ClientInfo = Encoding.UTF8.GetBytes("""{"name":"t"}"""), LogLevel = "info" };

    private static SessionClaim Claim(string from, string to) => new("aaaaaaaa-1", null, null, from, to, Life);
}
