using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class SessionTests
{
    [Theory]
    [InlineData(404, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32001,\"message\":\"Session not found\"},\"id\":null}")]
    [InlineData(404, "")]
    [InlineData(400, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,\"message\":\"Bad Request: No valid session ID provided\"},\"id\":null}")]
    public async Task A_forgotten_session_is_opened_anew_and_the_call_sent_once_more(int status, string body)
    {
        await using var server = await StartAsync(oldSession: context => ScriptedServer.JsonAsync(context, status, body));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync(arguments: "{\"a\":1}");

        Assert.Equal("{\"a\":1}", reply.ResultText());
        Assert.Equal((2, 2), (server.Count("initialize"), server.Count("tools/call")));
        Assert.Equal(["session-1", "session-2"], server.All.Where(request => request.Method == "tools/call").Select(request => request.Header("Mcp-Session-Id")));
        var ids = server.All.Where(request => request.Method == "tools/call").Select(request => request.Id).ToArray();
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(1, server.Count("server/discover"));
    }

    [Fact]
    public async Task Many_calls_that_find_the_session_gone_open_exactly_one_other()
    {
        await using var server = await StartAsync(oldSession: context => ScriptedServer.JsonAsync(context, 404, ""));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => upstream.CallAsync(arguments: $"{{\"n\":{number}}}")));

        for (var i = 0; i < replies.Length; i++)
        {
            using var reply = replies[i];
            Assert.Equal($"{{\"n\":{i}}}", reply.ResultText());
        }

        Assert.Equal(2, server.Count("initialize"));
    }

    [Fact]
    public async Task A_server_that_forgets_every_session_is_asked_twice_and_no_more()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, _) => ScriptedServer.JsonAsync(context, 404, ""));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        // To a session opened a moment ago it is no proof any more.
        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
        Assert.Equal((2, 2), (server.Count("initialize"), server.Count("tools/call")));
    }

    [Fact]
    public async Task A_session_that_cannot_be_opened_anew_ends_the_connection_with_nothing_sent()
    {
        var isDown = false;
        await using var server = await RawServer.StartAsync(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            var text = await body.ReadToEndAsync();
            if (text.Contains("\"initialize\"", StringComparison.Ordinal) && !isDown)
            {
                var id = System.Text.Json.JsonElement.Parse(text).GetProperty("id").GetRawText();
                context.Response.Headers["Mcp-Session-Id"] = "s";
                await ScriptedServer.JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{{}}}}}}");
            }
            else context.Response.StatusCode = text.Contains("initialized", StringComparison.Ordinal) ? 202 : text.Contains("\"initialize\"", StringComparison.Ordinal) ? 503 : 404;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        isDown = true;

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.ConnectFailed, false), (reply.Outcome, reply.WasSent));
        Assert.Null(upstream.Client.Connection);
        await upstream.Observer.NextDisconnectAsync();
        isDown = false;
        await upstream.ConnectAsync();
        Assert.NotNull(upstream.Client.Connection);
    }

    [Fact]
    public async Task Disposing_ends_the_session_and_never_throws()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, ScriptedServerAnswers.Echo);
        var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        await upstream.DisposeAsync();
        await upstream.DisposeAsync();

        Assert.Equal("session-1", server.All.Single(request => request.HttpMethod == "DELETE").Header("Mcp-Session-Id"));
        Assert.Null(upstream.Client.Connection);
        using var reply = await upstream.CallAsync();
        Assert.Equal((UpstreamOutcome.ConnectFailed, false), (reply.Outcome, reply.WasSent));
    }

    // Knows only sessions after the first.
    private static Task<ScriptedServer> StartAsync(RequestDelegate oldSession) => ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
        request.HttpMethod != "POST" ? Refuse(context, 405)
        : request.Header("Mcp-Session-Id") == "session-1" ? oldSession(context)
        : ScriptedServerAnswers.Echo(context, request));

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
