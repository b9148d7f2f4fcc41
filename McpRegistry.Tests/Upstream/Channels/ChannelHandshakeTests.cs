using System.Text.Json;

using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Channels;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Channels;

public sealed class ChannelHandshakeTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly FakeChannel _channel = new();
    private readonly FakeTimeProvider _time = new();
    private readonly MessageChannelPeer _peer;

    public ChannelHandshakeTests()
    {
        _peer = new MessageChannelPeer("test", _channel, new RecordingObserver(), _time, NullLogger.Instance);
        _peer.Start();
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    [Fact]
    public async Task A_good_discovery_makes_a_modern_connection()
    {
        var handshake = RunAsync();
        var question = await NextAsync("server/discover");
        var meta = question.GetProperty("params").GetProperty("_meta");
        Assert.Equal("2026-07-28", meta.GetProperty("io.modelcontextprotocol/protocolVersion").GetString());
        Assert.Equal(JsonValueKind.Object, meta.GetProperty("io.modelcontextprotocol/clientCapabilities").ValueKind);
        Assert.Equal("mcp-registry", meta.GetProperty("io.modelcontextprotocol/clientInfo").GetProperty("name").GetString());

        Answer(question, """
            "result":{"supportedVersions":["2030-01-01","2026-07-28"],"capabilities":{"tools":{}},"instructions":"be nice",
            "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"7"}}}
            """);

        var connection = await handshake;
        Assert.Equal((ProtocolEra.Modern, "2026-07-28", "be nice", "s", "7", false),
            (connection.Era, connection.ProtocolVersion, connection.Instructions, connection.ServerName, connection.ServerVersion, connection.IsStateful));
        Assert.True(connection.Has("tools"));
    }

    [Theory]
    [InlineData("\"error\":{\"code\":-32601,\"message\":\"x\"}")]
    [InlineData("\"error\":{\"code\":-32022,\"message\":\"x\",\"data\":{\"supported\":[\"2025-11-25\"]}}")]
    [InlineData("\"result\":{\"supportedVersions\":[\"2031-01-01\"]}")]
    [InlineData("\"result\":{}")]
    [InlineData("\"result\":[]")]
    public async Task Any_other_answer_leads_to_initialize(string answer)
    {
        var handshake = RunAsync();
        Answer(await NextAsync("server/discover"), answer);
        Answer(await NextAsync("initialize"), """ "result":{"protocolVersion":"2024-11-05","capabilities":{}} """);

        var connection = await handshake;

        Assert.Equal((ProtocolEra.Legacy, "2024-11-05", true), (connection.Era, connection.ProtocolVersion, connection.IsStateful));
        await NextAsync("notifications/initialized");
    }

    [Fact]
    public async Task Silence_leads_to_initialize_and_a_late_discovery_saves_whoever_refuses_it()
    {
        var handshake = RunAsync();
        var question = await NextAsync("server/discover");
        var next = NextAsync("initialize");
        while (!next.IsCompleted)
        {
            _time.Advance(Patience);
            await Task.Yield();
        }

        var initialize = await next;

        Answer(question, """ "result":{"supportedVersions":["2026-07-28"],"capabilities":{}} """);
        Answer(initialize, """ "error":{"code":-32601,"message":"x"} """);

        Assert.Equal(ProtocolEra.Modern, (await handshake).Era);
    }

    [Theory]
    [InlineData(ProtocolEra.Legacy, "initialize")]
    [InlineData(ProtocolEra.Modern, "server/discover")]
    public async Task A_known_era_is_not_asked_for(ProtocolEra era, string method)
    {
        var handshake = RunAsync(era);
        Answer(await NextAsync(method), """ "error":{"code":-32603,"message":"upstream text"} """);

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => handshake);

        Assert.DoesNotContain("upstream text", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_refuses_the_newest_revision_is_asked_for_one_that_it_named()
    {
        var handshake = RunAsync(ProtocolEra.Legacy);
        Answer(await NextAsync("initialize"), """ "error":{"code":-32602,"message":"Unsupported protocol version","data":{"supported":["2024-11-05","2025-03-26"],"requested":"2025-11-25"}} """);
        var second = await NextAsync("initialize");
        Assert.Equal("2025-03-26", second.GetProperty("params").GetProperty("protocolVersion").GetString());
        Answer(second, """ "result":{"protocolVersion":"2025-03-26","capabilities":{}} """);

        Assert.Equal("2025-03-26", (await handshake).ProtocolVersion);
    }

    [Fact]
    public async Task An_unknown_revision_is_refused()
    {
        var handshake = RunAsync(ProtocolEra.Legacy);
        Answer(await NextAsync("initialize"), """ "result":{"protocolVersion":"1999-01-01","capabilities":{}} """);

        await Assert.ThrowsAsync<UpstreamException>(() => handshake);
    }

    [Fact]
    public void Only_a_proven_era_survives_the_death_of_a_child()
    {
        var memory = new EraMemory();
        memory.Failed(connectionLost: true);
        Assert.Equal(ProtocolEra.Legacy, memory.Era);
        memory.Failed(connectionLost: true);
        Assert.Null(memory.Era);

        memory.Proven(ProtocolEra.Modern);
        memory.Failed(connectionLost: true);
        Assert.Equal(ProtocolEra.Modern, memory.Era);
        memory.Failed(connectionLost: false);
        Assert.Null(memory.Era);
    }

    private Task<InstanceConnection> RunAsync(ProtocolEra? known = null) => new ChannelHandshake(_peer, Patience, _time).RunAsync(known, default);

    private async Task<JsonElement> NextAsync(string method)
    {
        var message = JsonElement.Parse(await _channel.NextSentAsync());
        Assert.Equal(method, message.GetProperty("method").GetString());
        return message;
    }

    private void Answer(JsonElement request, string answer) =>
        _channel.Receive($$"""{"jsonrpc":"2.0","id":{{request.GetProperty("id").GetInt64()}},{{answer}} }""");
}
