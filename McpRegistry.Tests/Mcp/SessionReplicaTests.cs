using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Mcp;
using McpRegistry.Tests.Acceptance.Harness;

namespace McpRegistry.Tests.Mcp;

/// <summary>A legacy client whose requests reach any of several replicas.</summary>
public sealed class SessionReplicaTests : IAsyncLifetime
{
    private readonly ReplicaHosts _hosts = new();
    private ReplicaHost _a = null!;
    private ReplicaHost _b = null!;

    public async Task InitializeAsync() => (_a, _b) = (await _hosts.AddAsync(), await _hosts.AddAsync());

    public async Task DisposeAsync() => await _hosts.DisposeAsync();

    [Fact]
    public async Task What_reaches_the_wrong_replica_is_answered_by_the_owner()
    {
        var session = await _a.Mcp.InitializeAsync();
        Assert.StartsWith(_a.Id + "-", session, StringComparison.Ordinal);

        var list = await _b.Mcp.LegacyAsync(session, "tools/list");
        Assert.Contains("files__read", list.Names("tools"));
        var call = await _b.Mcp.LegacyAsync(session, "tools/call", """{"name":"files__read","arguments":{"path":"größer"}}""");
        Assert.Equal("done", call.Result.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("application/json", call.Type);

        Assert.Empty(_b.Mcp.Dispatcher.Calls);
        Assert.Contains("größer", _a.Mcp.Dispatcher.Calls.Single().Params, StringComparison.Ordinal);
        Assert.Equal(_b.Id, _a.Requests.Seen.Last().RelayedBy);
    }

    [Fact]
    public async Task The_url_of_one_service_goes_along()
    {
        var session = await _a.Mcp.InitializeAsync("/mcp/files");
        var list = await _b.Mcp.LegacyAsync(session, "tools/list", path: "/mcp/files");
        Assert.Equal(["read", "write"], list.Names("tools"));
        Assert.Equal(HttpStatusCode.NotFound, (await _b.Mcp.LegacyAsync(session, "ping")).Status);
    }

    [Fact]
    public async Task Neither_a_request_at_home_nor_one_passed_on_asks_the_store_but_the_first()
    {
        var session = await _a.Mcp.InitializeAsync();
        await _b.Mcp.LegacyAsync(session, "ping");
        var asked = _hosts.Shared.Asked;
        for (var i = 0; i < 3; i++)
        {
            await _a.Mcp.LegacyAsync(session, "ping");
            await _b.Mcp.LegacyAsync(session, "ping");
        }
        Assert.Equal(asked, _hosts.Shared.Asked);
    }

    [Fact]
    public async Task Progress_streams_through()
    {
        var sent = new TaskCompletionSource();
        _a.Mcp.Dispatcher.OnCall = async (call, _) =>
        {
            await ProgressAsync(call);
            await sent.Task.WaitAsync(McpTestHost.Timeout, CancellationToken.None);
            return FakeDispatcher.Result(call, "{}");
        };
        var session = await _a.Mcp.InitializeAsync();
        using var events = await SseReader.OnAsync(await OpenCallAsync(_b, session));
        // It is here although the call goes on.
        Assert.Equal("t-1", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("progressToken").GetString());
        sent.SetResult();
        Assert.True((await events.NextAsync())!.Value.TryGetProperty("result", out _));
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task A_stream_opened_at_the_wrong_replica_hears_what_the_owner_says_and_ends_with_the_replica_it_is_at()
    {
        var session = await _a.Mcp.InitializeAsync();
        using var events = await ListenAsync(_b, session);
        _a.Mcp.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read")), Core.State.CatalogLists.Tools);
        Assert.Equal("notifications/tools/list_changed", (await events.NextAsync())!.Value.GetProperty("method").GetString());

        var stopping = _b.Mcp.StopAsync();
        Assert.Null(await events.NextAsync());
        await stopping.WaitAsync(McpTestHost.Timeout);
    }

    [Fact]
    public async Task A_client_that_stops_listening_is_gone_for_the_owner_too()
    {
        var session = await _a.Mcp.InitializeAsync();
        var events = await ListenAsync(_b, session);
        var owned = _a.Mcp.Get<LegacySessions>().All.Single();
        await Until(() => owned.IsBusy);
        events.Dispose();
        await Until(() => !owned.IsBusy);
    }

    [Fact]
    public async Task A_cancellation_finds_its_call_through_another_replica()
    {
        var begun = new TaskCompletionSource();
        _a.Mcp.Dispatcher.OnCall = async (call, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return CallOutcome.Failed(ErrorCode.Cancelled, "files");
        };
        var session = await _a.Mcp.InitializeAsync();
        var call = _a.Mcp.LegacyAsync(session, "tools/call", """{"name":"files__read"}""");
        await begun.Task.WaitAsync(McpTestHost.Timeout);
        var cancel = await _b.Mcp.SendAsync("/mcp", """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}""", (McpHeaders.SessionId, session));
        Assert.Equal(HttpStatusCode.Accepted, cancel.Status);
        Assert.Equal("cancelled", (await call).Error.GetProperty("data").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_session_deleted_anywhere_is_gone_everywhere()
    {
        var session = await _a.Mcp.InitializeAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync(_b, session)).StatusCode);
        Assert.Empty(_hosts.Shared.All);
        Assert.Equal(HttpStatusCode.NotFound, (await _a.Mcp.LegacyAsync(session, "ping")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _b.Mcp.LegacyAsync(session, "ping")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_session_of_a_dead_replica_goes_on_at_another_one(bool isStillListed)
    {
        var session = await _a.Mcp.InitializeAsync("/mcp/files");
        await _a.Mcp.LegacyAsync(session, "logging/setLevel", """{"level":"warning"}""", "/mcp/files");
        await _a.KillAsync();
        if (!isStillListed) _hosts.Replicas.Addresses.TryRemove(_a.Id, out _);

        var call = await _b.Mcp.LegacyAsync(session, "tools/call", """{"name":"read"}""", "/mcp/files");
        Assert.Equal("done", call.Result.GetProperty("content")[0].GetProperty("text").GetString());
        var asked = _hosts.Shared.Asked;
        Assert.Equal(HttpStatusCode.OK, (await _b.Mcp.LegacyAsync(session, "ping", path: "/mcp/files")).Status);
        Assert.Equal(asked, _hosts.Shared.Asked);

        var sent = _b.Mcp.Dispatcher.Calls.Single(one => one.Call.Method == "tools/call").Call;
        Assert.Equal("warning", sent.Params.LogLevel);
        Assert.Equal("""{"name":"test","version":"1"}""", Encoding.UTF8.GetString(sent.Params.ClientInfo.Span));
        Assert.Equal(_b.Id, _hosts.Shared.All.Single().Replica);
    }

    [Fact]
    public async Task A_client_that_listened_at_a_dead_replica_is_told_to_look_again()
    {
        var session = await _a.Mcp.InitializeAsync();
        var lost = await ListenAsync(_b, session);
        await _a.KillAsync();
        while (await lost.NextAsync() is not null) { }
        using var events = await ListenAsync(_b, session);
        Assert.Equal("notifications/tools/list_changed", (await events.NextAsync())!.Value.GetProperty("method").GetString());
    }

    [Fact]
    public async Task Two_replicas_that_take_a_session_at_once_both_answer_and_one_has_it()
    {
        var c = await _hosts.AddAsync();
        for (var round = 0; round < 10; round++)
        {
            var owner = await _hosts.AddAsync();
            var session = await owner.Mcp.InitializeAsync();
            await owner.KillAsync();
            var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? _b : c).Mcp.LegacyAsync(session, "tools/list")));
            Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
            Assert.Single(new[] { _b, c }, one => one.Mcp.Get<LegacySessions>().All.Any(here => here.Id == session));
        }
    }

    [Fact]
    public async Task The_winner_may_be_asked_before_it_knows_that_it_won()
    {
        var c = await _hosts.AddAsync();
        var session = await _a.Mcp.InitializeAsync();
        await _a.KillAsync();
        var lateness = new TaskCompletionSource();
        _hosts.Shared.Claimed = claim => claim.To == _b.Id ? lateness.Task : Task.CompletedTask;

        var winner = _b.Mcp.LegacyAsync(session, "ping");
        await Until(() => _hosts.Shared.All.Single().Replica == _b.Id);
        var loser = c.Mcp.LegacyAsync(session, "ping");
        await Until(() => _b.Requests.Seen.Any(one => one.RelayedBy == c.Id));
        lateness.SetResult();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [(await winner).Status, (await loser).Status]);
    }

    [Fact]
    public async Task A_call_lost_with_its_replica_gets_one_error_that_says_it_may_have_run()
    {
        var begun = new TaskCompletionSource();
        _a.Mcp.Dispatcher.OnCall = async (call, _) =>
        {
            begun.SetResult();
            await _a.Requests.UntilDeadAsync();
            return FakeDispatcher.Result(call, "{}");
        };
        var session = await _a.Mcp.InitializeAsync();
        var call = _b.Mcp.LegacyAsync(session, "tools/call", """{"name":"files__write"}""");
        await begun.Task.WaitAsync(McpTestHost.Timeout);
        _a.Requests.AbortAll();

        var reply = await call;
        Assert.Equal(7, reply.Json.GetProperty("id").GetInt32());
        Assert.True(reply.Error.GetProperty("data").GetProperty("maybe_executed").GetBoolean());
        Assert.Single(_a.Mcp.Dispatcher.Calls);
        Assert.Empty(_b.Mcp.Dispatcher.Calls);
    }

    [Fact]
    public async Task A_stream_of_a_call_that_breaks_ends_with_the_same_error()
    {
        var begun = new TaskCompletionSource();
        _a.Mcp.Dispatcher.OnCall = async (call, _) =>
        {
            await ProgressAsync(call);
            await _a.Requests.UntilDeadAsync();
            return FakeDispatcher.Result(call, "{}");
        };
        var session = await _a.Mcp.InitializeAsync();
        using var events = await SseReader.OnAsync(await OpenCallAsync(_b, session));
        Assert.NotNull(await events.NextAsync());
        _a.Requests.AbortAll();
        var last = (await events.NextAsync())!.Value;
        Assert.Equal(7, last.GetProperty("id").GetInt32());
        Assert.True(last.GetProperty("error").GetProperty("data").GetProperty("maybe_executed").GetBoolean());
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task What_does_no_harm_is_done_again_when_its_replica_died_on_it()
    {
        var begun = new TaskCompletionSource();
        _a.Mcp.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read") with { Prompts = [FakeServices.Prompt("files", "sum")] }));
        _b.Mcp.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read") with { Prompts = [FakeServices.Prompt("files", "sum")] }));
        _a.Mcp.Dispatcher.OnCall = async (call, _) =>
        {
            begun.SetResult();
            await _a.Requests.UntilDeadAsync();
            return FakeDispatcher.Result(call, "{}");
        };
        var session = await _a.Mcp.InitializeAsync();
        var prompt = _b.Mcp.LegacyAsync(session, "prompts/get", """{"name":"files__sum"}""");
        await begun.Task.WaitAsync(McpTestHost.Timeout);
        await _a.KillAsync();
        Assert.True((await prompt).Json.TryGetProperty("result", out _));
        Assert.Single(_b.Mcp.Dispatcher.Calls);
    }

    [Fact]
    public async Task A_request_is_passed_on_once_and_no_further()
    {
        var session = await _a.Mcp.InitializeAsync();
        const string body = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";
        var mark = new RelaySeal(_hosts.Replicas.DirectoryOf("feedbeef"), TimeProvider.System, ReplicaHosts.Seals).Make(RelayKind.Session, _b.Id, new RelayedMessage("POST", "/mcp", session), null, Encoding.UTF8.GetBytes(body));

        var relayed = await _b.Mcp.SendAsync("/mcp", body, (McpHeaders.SessionId, session), (RelaySeal.Header, mark));

        Assert.Equal(HttpStatusCode.MisdirectedRequest, relayed.Status);
        Assert.DoesNotContain(_a.Requests.Seen, one => one.RelayedBy is not null);
    }

    [Fact]
    public async Task A_replica_under_an_old_address_that_knows_nothing_of_the_session_does_not_lose_it()
    {
        var session = await _a.Mcp.InitializeAsync();
        await _a.KillAsync();
        var stranger = await _hosts.AddAsync();
        _hosts.Replicas.Addresses[_a.Id] = stranger.Mcp.Http.BaseAddress!;
        Assert.Equal(HttpStatusCode.OK, (await _b.Mcp.LegacyAsync(session, "ping")).Status);
        Assert.Equal(_b.Id, _hosts.Shared.All.Single().Replica);
    }

    [Fact]
    public async Task Nobody_gets_the_session_of_somebody_else_whoever_has_it()
    {
        var session = await InitializeAsync(_a, "ann");
        Assert.Equal(HttpStatusCode.OK, (await PingAsync(_b, session, "ann")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PingAsync(_b, session, "bob")).Status);
        await _a.KillAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await PingAsync(_b, session, "bob")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PingAsync(_b, session, null)).Status);
        Assert.Equal(_a.Id, _hosts.Shared.All.Single().Replica);
        Assert.Equal(HttpStatusCode.OK, (await PingAsync(_b, session, "ann")).Status);
    }

    [Fact]
    public async Task Without_the_store_sessions_are_opened_and_passed_on_and_only_a_dead_replica_loses_them()
    {
        _hosts.Shared.IsAway = true;
        var session = await _a.Mcp.InitializeAsync();
        Assert.Equal(HttpStatusCode.OK, (await _b.Mcp.LegacyAsync(session, "ping")).Status);
        await _a.KillAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _b.Mcp.LegacyAsync(session, "ping")).Status);
    }

    [Theory]
    [InlineData("0123")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("01234567-0123456789abcdef0123456789abcdeF")]
    public async Task What_cannot_be_a_session_asks_nobody(string id)
    {
        var asked = _hosts.Shared.Asked;
        Assert.Equal(HttpStatusCode.NotFound, (await _b.Mcp.LegacyAsync(id, "ping")).Status);
        Assert.Equal(asked, _hosts.Shared.Asked);
    }

    [Fact]
    public async Task A_store_that_lost_everything_is_told_of_the_sessions_again()
    {
        var owner = await _hosts.AddAsync(sessionIdle: TimeSpan.FromSeconds(30));
        var session = await owner.Mcp.InitializeAsync();
        _hosts.Shared.Clear();
        await Until(() => _hosts.Shared.All.Any(one => one.Id == session && one.Replica == owner.Id));
    }

    [Fact]
    public async Task A_replica_that_was_taken_for_dead_lets_the_session_go()
    {
        var owner = await _hosts.AddAsync(sessionIdle: TimeSpan.FromSeconds(30));
        var session = await owner.Mcp.InitializeAsync();
        _hosts.Replicas.Addresses.TryRemove(owner.Id, out var address);
        Assert.Equal(HttpStatusCode.OK, (await _b.Mcp.LegacyAsync(session, "ping")).Status);
        _hosts.Replicas.Addresses[owner.Id] = address!;

        await Until(() => !owner.Mcp.Get<LegacySessions>().All.Any());
        Assert.Equal(HttpStatusCode.OK, (await owner.Mcp.LegacyAsync(session, "ping")).Status);
        Assert.Equal(owner.Id, _b.Requests.Seen.Last().RelayedBy);
    }

    private static async Task<string> InitializeAsync(ReplicaHost host, string caller)
    {
        using var response = await host.Mcp.OpenAsync("/mcp", """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}""", ("X-Test-Caller", caller));
        return response.Headers.GetValues(McpHeaders.SessionId).Single();
    }

    private static Task<Reply> PingAsync(ReplicaHost host, string session, string? caller)
    {
        (string, string)[] headers = [(McpHeaders.SessionId, session)];
        return host.Mcp.SendAsync("/mcp", """{"jsonrpc":"2.0","id":1,"method":"ping"}""", caller is null ? headers : [.. headers, ("X-Test-Caller", caller)]);
    }

    private static Task<HttpResponseMessage> OpenCallAsync(ReplicaHost host, string session) => host.Mcp.OpenAsync(
        "/mcp", """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"files__write","_meta":{"progressToken":"t-1"}}}""", (McpHeaders.SessionId, session));

    private static async Task<SseReader> ListenAsync(ReplicaHost host, string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        request.Headers.Add(McpHeaders.SessionId, session);
        request.Headers.Add("Accept", "text/event-stream");
        return await SseReader.OnAsync(await host.Mcp.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    private static async Task<HttpResponseMessage> DeleteAsync(ReplicaHost host, string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/mcp");
        request.Headers.Add(McpHeaders.SessionId, session);
        return await host.Mcp.Http.SendAsync(request);
    }

    private static Task<TimeSpan> Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.TrueAsync(condition, McpTestHost.Timeout, what);

    private static ValueTask ProgressAsync(UpstreamCall call) => call.Listener!.NotifiedAsync(
        "notifications/progress", Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":99,"progress":1}}"""));
}
