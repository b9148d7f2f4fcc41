using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Health;

public sealed class McpInstanceProbeTests
{
    private readonly McpInstanceProbe _probe = new(TimeProvider.System);

    public static TheoryData<UpstreamOutcome, bool> Outcomes => new()
    {
        { UpstreamOutcome.ConnectFailed, false },
        { UpstreamOutcome.Refused, false },
        { UpstreamOutcome.Overloaded, false },
        { UpstreamOutcome.SentButNoAnswer, false },
        { UpstreamOutcome.ProtocolError, false },
        { UpstreamOutcome.ResponseTooLarge, true },
        { UpstreamOutcome.Cancelled, false },
    };

    [Theory]
    [InlineData(ProtocolEra.Legacy, "ping")]
    [InlineData(ProtocolEra.Modern, "server/discover")]
    public async Task A_connected_instance_is_asked_in_the_words_of_its_era(ProtocolEra era, string method)
    {
        var client = FakeInstanceClient.Connected(era);

        var result = await ProbeAsync(client);

        Assert.Equal((true, null), (result.IsHealthy, result.Error));
        Assert.Equal((method, 0), (client.LastRequest!.Method, client.Connects));
    }

    [Fact]
    public async Task A_JSON_RPC_error_is_an_answer()
    {
        var client = FakeInstanceClient.Connected();
        var body = new PooledBytes();
        body.Write("{\"code\":-32601,\"message\":\"no such method\"}"u8);
        client.OnSend = (_, _) => ValueTask.FromResult(UpstreamReply.Answered(body, new JsonRpcResponse(default, new ByteRange(0, body.Length), false, false)));

        var result = await ProbeAsync(client);

        Assert.Equal((true, null), (result.IsHealthy, result.Error));
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task Every_other_outcome_has_its_own_words_and_none_of_the_upstreams(UpstreamOutcome outcome, bool isHealthy)
    {
        var client = FakeInstanceClient.Connected();
        client.OnSend = (_, _) => ValueTask.FromResult(UpstreamReply.Lost(outcome, "secret text of the upstream"));

        var result = await ProbeAsync(client);

        Assert.Equal(isHealthy, result.IsHealthy);
        Assert.Equal(isHealthy, result.Error is null);
        Assert.DoesNotContain("secret", result.Error ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_for_want_of_credentials_or_patience_is_a_sign_of_life()
    {
        var client = FakeInstanceClient.Connected();
        client.OnSend = (_, _) => ValueTask.FromResult(UpstreamReply.RefusedWith(401, retryAfter: null));

        var result = await ProbeAsync(client);

        Assert.Equal((true, "It refused our credentials (HTTP 401)."), (result.IsHealthy, result.Error));
    }

    [Fact]
    public async Task An_unconnected_instance_is_connected_and_not_asked()
    {
        var client = new FakeInstanceClient();

        var result = await ProbeAsync(client);

        Assert.True(result.IsHealthy);
        Assert.Equal((1, 0), (client.Connects, client.Sends));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_fails_says_why_and_whether_anyone_is_there(bool isAlive)
    {
        var client = new FakeInstanceClient { OnConnect = _ => throw new UpstreamException("npx not found") { IsAlive = isAlive } };

        var result = await ProbeAsync(client);

        Assert.Equal((isAlive, "npx not found"), (result.IsHealthy, result.Error));
    }

    [Fact]
    public async Task The_end_of_its_time_is_no_verdict_of_the_probe()
    {
        var client = FakeInstanceClient.Connected();
        client.OnSend = FakeInstanceClient.HangAsync;
        using var time = new CancellationTokenSource();
        var running = _probe.ProbeAsync(Instances.Create(client: client), time.Token);

        await time.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private Task<ProbeResult> ProbeAsync(FakeInstanceClient client) => _probe.ProbeAsync(Instances.Create(client: client), CancellationToken.None);
}
