using System.Text;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Redis;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Cluster.Hostile;

/// <summary>Whole gateways on a real Redis in which somebody names a replica that is none of ours.</summary>
public sealed class HostileReplicaTests : IAsyncLifetime
{
    private const string Forged = "deadbeef";
    private const string Session = Forged + "-0123456789abcdef0123456789abcdef";
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"iban":"CANARY-argument"}}}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Acceptance.Harness.TemporaryFolder _folder = new();
    private readonly Thief _thief = new();
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
        if (_server is not null)
        {
            await _redis.DisposeAsync();
            await _server.DisposeAsync();
        }
        await _thief.DisposeAsync();
        _folder.Dispose();
    }

    [RedisFact]
    public async Task An_address_that_no_replica_announced_gets_no_session_no_argument_and_no_token()
    {
        await using var gateway = await StartAsync(hasKey: true);
        await AnnounceAsync();
        await _redis.DoAsync("HSET", $":session:{Session}", "replica", Forged, "service", "-", "caller", "-", "version", "2025-11-25", "client", "{}", "level", "-", "seal", "");
        await AskedAgainAsync(gateway);

        Assert.Equal(404, (await SendAsync(gateway)).Status);
        Assert.Empty(_thief.Got);
    }

    [RedisTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_id_that_nobody_has_costs_no_hop(bool hasKey)
    {
        await using var gateway = await StartAsync(hasKey);
        await AnnounceAsync();
        await AskedAgainAsync(gateway);

        Assert.Equal(404, (await SendAsync(gateway)).Status);
        Assert.Empty(_thief.Got);
    }

    [RedisFact]
    public async Task Without_a_key_whoever_announces_himself_still_gets_nothing_that_a_client_signs_in_with()
    {
        await using var gateway = await StartAsync(hasKey: false);
        await AnnounceAsync();
        await _redis.DoAsync("HSET", $":session:{Session}", "replica", Forged, "service", "-", "caller", "-", "version", "2025-11-25", "client", "{}", "level", "-", "seal", "");
        await Eventually.TrueAsync(
            async () =>
            {
                await SendAsync(gateway);
                return _thief.Got.Length > 0;
            },
            Patience, "the forged replica is asked");

        Assert.All(_thief.Got, got =>
        {
            foreach (var secret in new[] { "CANARY-token", "CANARY-cookie", "CANARY-forwarded" }) Assert.DoesNotContain(secret, got, StringComparison.Ordinal);
        });
    }

    [RedisFact]
    public async Task A_lease_that_names_nobody_of_ours_sends_no_call_away_and_keeps_no_service_from_starting()
    {
        await _redis.DoAsync("SET", ":lease:stdio:bank", Forged);
        await AnnounceAsync();
        new ServersFile().Sample("bank").WriteTo(_folder.File("mcp-servers.json"));
        await using var gateway = await StartAsync(hasKey: true, ("McpRegistry:Discovery:File", _folder.File("mcp-servers.json")));

        (int Status, string All) answer = default;
        await Eventually.TrueAsync(
            async () => (answer = await gateway.SendAsync(HttpMethod.Post, "/api/services/bank/call", """{"tool":"echo","args":{"message":"CANARY-argument"}}""")).Status == 200,
            Patience, "the service is called here");

        Assert.Contains("CANARY-argument", answer.All, StringComparison.Ordinal);
        Assert.Empty(_thief.Got);
        Assert.StartsWith(gateway.Get<Core.Cluster.IReplicaDirectory>().Self + " v1.", (string)(await _redis.DoAsync("GET", ":lease:stdio:bank"))!, StringComparison.Ordinal);

        // An owner that is written over it later is none either.
        await _redis.DoAsync("SET", ":lease:stdio:bank", Forged);
        await Eventually.TrueAsync(
            async () => ((string?)await _redis.DoAsync("GET", ":lease:stdio:bank"))?.StartsWith(gateway.Get<Core.Cluster.IReplicaDirectory>().Self, StringComparison.Ordinal) == true, Patience, "it is ours again");
        Assert.Equal(200, (await gateway.SendAsync(HttpMethod.Post, "/api/services/bank/call", """{"tool":"echo","args":{"message":"again"}}""")).Status);
        Assert.Empty(_thief.Got);
    }

    [RedisFact]
    public async Task Two_replicas_with_the_key_pass_a_session_on_and_a_third_one_without_it_is_none_of_them()
    {
        await using var a = await StartAsync(hasKey: true);
        await using var b = await StartAsync(hasKey: true);
        var session = await InitializeAsync(a);

        await Eventually.TrueAsync(async () => (await PingAsync(b, session)).Status == 200, Patience, "b passes it on to a");
        await using var stranger = await StartAsync(hasKey: false);
        Assert.Equal((200, 200), ((await PingAsync(a, session)).Status, (await PingAsync(b, session)).Status));
        Assert.Equal(a.Get<Core.Cluster.IReplicaDirectory>().Self, session.Split('-')[0]);
        Assert.Null(a.Get<Core.Cluster.IReplicaDirectory>().AddressOf(stranger.Get<Core.Cluster.IReplicaDirectory>().Self));
    }

    private async Task AnnounceAsync()
    {
        await _redis.DoAsync("SET", $":replica:{Forged}", _thief.Address.AbsoluteUri);
        await _redis.DoAsync("SADD", ":replicas", Forged);
        await _redis.DoAsync("PUBLISH", ":replicas", Forged);
    }

    /// <summary>It has looked who is there since: its announcement comes with the question.</summary>
    private async Task AskedAgainAsync(WholeGateway gateway)
    {
        var self = $":replica:{gateway.Get<Core.Cluster.IReplicaDirectory>().Self}";
        await _redis.DoAsync("DEL", self);
        await _redis.DoAsync("PUBLISH", ":replicas", Forged);
        await Eventually.TrueAsync(async () => (long)await _redis.DoAsync("EXISTS", self) == 1, Patience, "it has asked again");
    }

    private static Task<(int Status, string All)> SendAsync(WholeGateway gateway) => gateway.SendAsync(
        HttpMethod.Post, "/mcp", Call, ("Mcp-Session-Id", Session), ("Accept", "application/json, text/event-stream"), ("Authorization", "Bearer CANARY-token"), ("Cookie", "s=CANARY-cookie"),
        ("X-Forwarded-For", "CANARY-forwarded"));

    private static Task<(int Status, string All)> PingAsync(WholeGateway gateway, string session) => gateway.SendAsync(
        HttpMethod.Post, "/mcp", """{"jsonrpc":"2.0","id":1,"method":"ping"}""", ("Mcp-Session-Id", session), ("Accept", "application/json, text/event-stream"));

    private static async Task<string> InitializeAsync(WholeGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        using var response = await gateway.Http.SendAsync(request);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    private Task<WholeGateway> StartAsync(bool hasKey, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:redis"] = _server.ConnectionString,
            ["McpRegistry:Redis:CommandTimeout"] = "00:00:10",
            ["McpRegistry:Http:DrainDelay"] = "00:00:00",
        };
        if (hasKey) settings["McpRegistry:Redis:SecretKey"] = RedisProcess.SecretKey;
        foreach (var (name, value) in more) settings[name] = value;
        return WholeGateway.StartAsync(settings);
    }
}
