using System.Net;
using System.Text;

using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Mcp;

namespace McpRegistry.Tests.Mcp;

/// <summary>What somebody sends who would like to be taken for a replica.</summary>
public sealed class RelayDoorTests : IAsyncLifetime
{
    private const string Call = """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"files__write","arguments":{"n":1}}}""";

    private readonly ReplicaHosts _hosts = new();
    private ReplicaHost _a = null!;
    private ReplicaHost _b = null!;

    public async Task InitializeAsync() => (_a, _b) = (await _hosts.AddAsync(), await _hosts.AddAsync());

    public async Task DisposeAsync() => await _hosts.DisposeAsync();

    [Fact]
    public async Task A_captured_request_is_executed_once_however_often_it_is_sent()
    {
        var session = await _a.Mcp.InitializeAsync();
        var mark = Mark(session, Call);

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++) answers.Add((await SendAsync(session, Call, mark)).Status);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden], answers);
        Assert.Single(_a.Mcp.Dispatcher.Calls);
    }

    [Fact]
    public async Task A_captured_mark_takes_no_other_body_along()
    {
        var session = await _a.Mcp.InitializeAsync();

        var answer = await SendAsync(session, Call.Replace("\"n\":1", "\"n\":2", StringComparison.Ordinal), Mark(session, Call));

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Empty(_a.Mcp.Dispatcher.Calls);
    }

    [Fact]
    public async Task A_mark_for_another_replica_is_misdirected_and_passed_on_to_nobody()
    {
        var session = await _b.Mcp.InitializeAsync();

        var answer = await SendAsync(session, Call, Mark(session, Call, to: _b.Id));

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.Status);
        Assert.Empty(_b.Mcp.Dispatcher.Calls);
    }

    [Theory]
    [InlineData("Mcp-Registry-Relay", "89abcdef")]
    [InlineData("mcp-registry-relay", "v0.session.89abcdef.01234567")]
    [InlineData("MCP-REGISTRY-RELAY", "v1.owner.89abcdef.01234567.1795370000000.00.00.-.v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Mcp-Registry-Owner-Relay", "89abcdef")]
    [InlineData("Mcp-Registry-Principal", "admin")]
    public async Task A_mark_that_no_replica_made_counts_as_not_there_at_home_and_at_another_replica(string name, string value)
    {
        var session = await _a.Mcp.InitializeAsync();
        const string ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

        Assert.Equal(HttpStatusCode.OK, (await _a.Mcp.SendAsync("/mcp", ping, (McpHeaders.SessionId, session), (name, value))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _b.Mcp.SendAsync("/mcp", ping, (McpHeaders.SessionId, session), (name, value))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _a.Mcp.ModernAsync("tools/list", path: "/mcp/files", more: (name, value))).Status);
        await _a.Mcp.ModernAsync("tools/call", "\"name\":\"read\",\"arguments\":{}", "read", "/mcp/files", (name, value));
        Assert.False(Assert.Single(_a.Mcp.Dispatcher.Calls).Call.IsRelayed);
    }

    [Fact]
    public async Task An_id_that_nobody_has_is_asked_of_the_store_and_of_no_replica()
    {
        var asked = _hosts.Shared.Asked;
        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.NotFound, (await _b.Mcp.LegacyAsync($"{_a.Id}-{i:x32}", "ping")).Status);

        Assert.Empty(_a.Requests.Seen);
        Assert.Equal(20, _hosts.Shared.Asked - asked);
    }

    [Fact]
    public async Task A_session_of_another_url_is_nobodys_and_costs_no_hop()
    {
        var session = await _a.Mcp.InitializeAsync("/mcp/files");
        var seen = _a.Requests.Seen.Count;

        Assert.Equal(HttpStatusCode.NotFound, (await _b.Mcp.LegacyAsync(session, "ping")).Status);

        Assert.Equal(seen, _a.Requests.Seen.Count);
    }

    [Fact]
    public async Task A_session_that_was_opened_while_the_store_was_away_is_found_when_it_is_back()
    {
        _hosts.Shared.IsAway = true;
        var session = await _a.Mcp.InitializeAsync();
        (_hosts.Shared.IsAway, _hosts.Shared.MayLack) = (false, true);

        Assert.Equal(HttpStatusCode.OK, (await _b.Mcp.LegacyAsync(session, "ping")).Status);

        _hosts.Shared.ComeBack();
        await Acceptance.Harness.Eventually.TrueAsync(() => _hosts.Shared.All.Any(one => one.Id == session), McpTestHost.Timeout, "it is written down at once");
    }

    private string Mark(string session, string body, string? to = null) => new RelaySeal(_hosts.Replicas.DirectoryOf("feedbeef"), TimeProvider.System, ReplicaHosts.Seals)
        .Make(RelayKind.Session, to ?? _a.Id, new RelayedMessage("POST", "/mcp", session), null, Encoding.UTF8.GetBytes(body));

    private Task<Reply> SendAsync(string session, string body, string mark) => _a.Mcp.SendAsync("/mcp", body, (McpHeaders.SessionId, session), (RelaySeal.Header, mark));
}
