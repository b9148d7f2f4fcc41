using System.Net;
using McpRegistry.Core.Calls;
using McpRegistry.Mcp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Mcp;

public sealed class LegacySessionTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync() => _host = await McpTestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2026-07-28", "2025-11-25")]
    [InlineData("1999-01-01", "2025-11-25")]
    public async Task Initialize_negotiates_a_version_with_sessions(string asked, string negotiated)
    {
        var reply = await _host.SendAsync("/mcp", $$$"""{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"{{{asked}}}","capabilities":{} } }""");
        Assert.Equal("a", reply.Json.GetProperty("id").GetString());
        Assert.Equal(negotiated, reply.Result.GetProperty("protocolVersion").GetString());
        Assert.True(reply.Result.GetProperty("capabilities").GetProperty("tools").GetProperty("listChanged").GetBoolean());
        Assert.Equal("mcp-registry", reply.Result.GetProperty("serverInfo").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Session_ids_are_long_and_different()
    {
        var one = await _host.InitializeAsync();
        var other = await _host.InitializeAsync();
        Assert.NotEqual(one, other);
        Assert.Equal(32, one.Length);
    }

    [Fact]
    public async Task Without_a_session_a_request_is_bad_and_with_an_unknown_one_not_found()
    {
        var without = await _host.SendAsync("/mcp", """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        Assert.Equal(HttpStatusCode.BadRequest, without.Status);
        var unknown = await _host.LegacyAsync("0123", "tools/list");
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task An_unknown_session_is_told_by_the_code_that_clients_look_for_before_they_begin_anew(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/mcp");
        request.Headers.Add(McpHeaders.SessionId, "0123");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        if (method == "POST") request.Content = new StringContent("""{"jsonrpc":"2.0","id":7,"method":"tools/list"}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await _host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"code\":-32001", body, StringComparison.Ordinal);
        Assert.Contains("Session not found", body, StringComparison.Ordinal);
        // With the id it would be the answer to the request, also for a gateway in front of this one.
        Assert.Equal(System.Text.Json.JsonValueKind.Null, System.Text.Json.JsonElement.Parse(body).GetProperty("id").ValueKind);
    }

    [Fact]
    public async Task A_session_of_one_url_is_unknown_on_another()
    {
        var session = await _host.InitializeAsync("/mcp/files");
        Assert.Equal(HttpStatusCode.OK, (await _host.LegacyAsync(session, "ping", path: "/mcp/files")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.LegacyAsync(session, "ping")).Status);
    }

    [Fact]
    public async Task Delete_ends_the_session()
    {
        var session = await _host.InitializeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/mcp");
        request.Headers.Add(McpHeaders.SessionId, session);
        using var response = await _host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.LegacyAsync(session, "ping")).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Get_and_delete_without_a_session_are_not_allowed(string method)
    {
        using var response = await _host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/mcp"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""")]
    public async Task Notifications_and_answers_are_accepted(string body)
    {
        var session = await _host.InitializeAsync();
        var reply = await _host.SendAsync("/mcp", body, (McpHeaders.SessionId, session));
        Assert.Equal(HttpStatusCode.Accepted, reply.Status);
        Assert.Empty(reply.Body);
    }

    [Fact]
    public async Task Ping_is_answered_and_unknown_methods_are_errors_with_status_200()
    {
        var session = await _host.InitializeAsync();
        Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{}}""", (await _host.LegacyAsync(session, "ping")).Body);
        var unknown = await _host.LegacyAsync(session, "server/discover");
        Assert.Equal((HttpStatusCode.OK, -32601), (unknown.Status, unknown.ErrorCode));
    }

    [Fact]
    public async Task Cancelled_reaches_the_call_of_that_session_only()
    {
        var session = await _host.InitializeAsync();
        var other = await _host.InitializeAsync();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        _host.Dispatcher.OnCall = async (call, token) =>
        {
            started.SetResult();
            using var registration = token.Register(cancelled.SetResult);
            await cancelled.Task.WaitAsync(McpTestHost.Timeout, CancellationToken.None);
            return CallOutcome.Failed(ErrorCode.Cancelled, call.Service.Name);
        };

        var calling = _host.LegacyAsync(session, "tools/call", """{"name":"files__read"}""");
        await started.Task.WaitAsync(McpTestHost.Timeout);
        const string Cancel = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}""";
        await _host.SendAsync("/mcp", Cancel, (McpHeaders.SessionId, other));
        Assert.False(cancelled.Task.IsCompleted);
        await _host.SendAsync("/mcp", Cancel, (McpHeaders.SessionId, session));
        var reply = await calling;
        Assert.Equal("cancelled", reply.Error.GetProperty("data").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Losing_the_connection_does_not_cancel()
    {
        var session = await _host.InitializeAsync();
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var ended = new TaskCompletionSource<bool>();
        _host.Dispatcher.OnCall = async (call, token) =>
        {
            started.SetResult();
            await release.Task.WaitAsync(McpTestHost.Timeout, CancellationToken.None);
            ended.SetResult(token.IsCancellationRequested);
            return FakeDispatcher.Result(call, "{}");
        };

        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = _host.Http.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"files__read"}}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add(McpHeaders.SessionId, session);
        using var hangUp = new CancellationTokenSource();
        var calling = client.SendAsync(request, hangUp.Token);
        await started.Task.WaitAsync(McpTestHost.Timeout);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        client.Dispose();
        release.SetResult();
        Assert.False(await ended.Task.WaitAsync(McpTestHost.Timeout));
    }

    [Fact]
    public async Task What_the_session_knows_goes_with_its_calls()
    {
        var session = await _host.InitializeAsync();
        await _host.LegacyAsync(session, "logging/setLevel", """{"level":"warning"}""");
        await _host.LegacyAsync(session, "tools/call", """{"name":"files__read"}""");
        var call = _host.Dispatcher.Calls.Single(one => one.Call.Method == "tools/call").Call;
        Assert.Equal("warning", call.Params.LogLevel);
        Assert.Equal("""{"name":"test","version":"1"}""", System.Text.Encoding.UTF8.GetString(call.Params.ClientInfo.Span));
        Assert.NotNull(call.Affinity);
    }

    [Fact]
    public void Silent_sessions_end_and_the_longest_silent_one_makes_room()
    {
        var time = new FakeTimeProvider();
        using var sessions = new LegacySessions(
            Options.Create(new McpOptions { MaxSessions = 2 }), time, NullLogger<LegacySessions>.Instance);
        var first = sessions.TryOpen(null, null, "2025-11-25", default)!;
        var second = sessions.TryOpen(null, null, "2025-11-25", default)!;
        Assert.Null(sessions.TryOpen(null, null, "2025-11-25", default));

        time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull(sessions.Find(first.Id, null, null));
        Assert.NotNull(sessions.TryOpen(null, null, "2025-11-25", default));
        Assert.Null(sessions.Find(second.Id, null, null));

        time.Advance(TimeSpan.FromMinutes(32));
        Assert.Empty(sessions.All);
    }

    [Fact]
    public void A_session_belongs_to_its_owner()
    {
        using var sessions = new LegacySessions(Options.Create(new McpOptions()), TimeProvider.System, NullLogger<LegacySessions>.Instance);
        var session = sessions.TryOpen(null, "ann", "2025-11-25", default)!;
        Assert.Null(sessions.Find(session.Id, null, "bob"));
        Assert.Null(sessions.Find(session.Id, null, null));
        Assert.Same(session, sessions.Find(session.Id, null, "ann"));
    }
}
