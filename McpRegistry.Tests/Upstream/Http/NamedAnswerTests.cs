using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>What names our request came after somebody took it: it is the answer, and nothing is sent again for it.</summary>
public sealed class NamedAnswerTests
{
    [Theory]
    [InlineData(400, -32000, "browser session limit reached")]
    [InlineData(400, -32000, "the session of this user exists already")]
    [InlineData(400, -32600, "Session not found")]
    [InlineData(404, -32001, "Session not found")]
    [InlineData(404, -32000, "customer 7 not found")]
    [InlineData(401, -32000, "no")]
    [InlineData(403, -32000, "no")]
    [InlineData(405, -32000, "no")]
    [InlineData(413, -32000, "no")]
    [InlineData(421, -32000, "no")]
    [InlineData(429, -32000, "no")]
    [InlineData(302, -32000, "no")]
    [InlineData(303, -32000, "no")]
    [InlineData(410, -32000, "no")]
    [InlineData(502, -32000, "no")]
    [InlineData(200, -32022, "no")]
    [InlineData(400, -32020, "no")]
    public async Task An_error_that_names_our_request_is_the_answer_and_is_asked_for_once(int status, int code, string message)
    {
        var error = $"{{\"code\":{code},\"message\":\"{message}\"}}";
        foreach (var era in new[] { ProtocolEra.Legacy, ProtocolEra.Modern })
        {
            await using var server = await ScriptedServer.StartAsync(era, (context, request) => AnswerAsync(context, request, status, $"\"error\":{error}"));
            await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

            using var reply = await upstream.CallAsync();

            Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
            Assert.Equal(error, reply.ErrorText());
            Assert.Equal((1, 1), (server.Count("tools/call"), server.Count(era == ProtocolEra.Legacy ? "initialize" : "server/discover")));
        }
    }

    /// <summary>A 404 without words is how MCP says that a session is gone; words of another kind may be those of a tool that ran.</summary>
    [Theory]
    [InlineData("{\"detail\":\"customer 7 not found\"}")]
    [InlineData("<html>Not here</html>")]
    public async Task A_404_that_speaks_of_something_else_leaves_it_open_and_is_asked_for_once(string body)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) => request.Method == "ping"
            ? ScriptedServer.ResultAsync(context, request, "{}")
            : ScriptedServer.JsonAsync(context, 404, body));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true, 1), (reply.Outcome, reply.WasSent, server.Count("tools/call")));
    }

    [Fact]
    public async Task A_session_that_is_unknown_again_right_after_its_handshake_leaves_it_open()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, _) =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true, 2), (reply.Outcome, reply.WasSent, server.Count("tools/call")));
    }

    /// <summary>An error that names nobody, among the events of an answer, is about something else when the answer comes behind it.</summary>
    [Theory]
    [InlineData(true, UpstreamOutcome.Answered)]
    [InlineData(false, UpstreamOutcome.SentButNoAnswer)]
    public async Task An_event_that_names_nobody_does_not_stand_for_the_answer(bool answers, UpstreamOutcome outcome)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, async (context, request) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":1}}\n\n");
            await context.Response.WriteAsync("data: {\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"m\"}}\n\n");
            if (answers) await context.Response.WriteAsync($"data: {{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{{\"a\":1}}}}\n\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((outcome, true), (reply.Outcome, reply.WasSent));
        if (answers) Assert.Equal("{\"a\":1}", reply.ResultText());
    }

    /// <summary>Streamable HTTP of 2025-03-26 had batches, and some servers kept them.</summary>
    [Theory]
    [InlineData("application/json", "[{\"jsonrpc\":\"2.0\",\"id\":999999,\"result\":{}},{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"a\":1}}]")]
    [InlineData("text/event-stream", "data: [{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"a\":1}}]\n\n")]
    public async Task An_answer_within_a_batch_is_the_answer(string type, string body)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, async (context, request) =>
        {
            context.Response.ContentType = type;
            await ScriptedServer.WriteAsync(context, body.Replace("ID", request.Id, StringComparison.Ordinal));
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal("{\"a\":1}", reply.ResultText());
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID}")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":ID}]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"cut")]
    public async Task An_event_that_names_the_call_and_is_no_answer_ends_it_at_once(string data)
    {
        var mayEnd = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {data.Replace("ID", request.Id, StringComparison.Ordinal)}\n\n");
            await mayEnd.Task.WaitAsync(TimeSpan.FromSeconds(60));
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();
        mayEnd.SetResult();

        Assert.Equal((UpstreamOutcome.ProtocolError, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_result_that_names_our_request_is_the_answer_whatever_its_status(int status)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) => AnswerAsync(context, request, status, "\"result\":{\"a\":1}", "text/plain"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal("{\"a\":1}", reply.ResultText());
        Assert.Equal(1, server.Count("tools/call"));
    }

    /// <summary>Broken or of somebody else: nobody can say what became of the call, least of all that it was not executed.</summary>
    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":\"session not found\"}")]
    [InlineData("{\"id\":ID,\"error\":{\"code\":1,\"message\":\"session not found\"}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":1,\"message\":\"session not fou")]
    [InlineData("{\"error\":{\"code\":1,\"message\":\"session not found\"},,\"id\":ID}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID}")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":ID}]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":999999,\"result\":{}}]")]
    [InlineData("Warning: x is undefined\n{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{}}")]
    [InlineData("{\"detail\":\"\"}{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":999999,\"error\":{\"code\":-32001,\"message\":\"Session not found\"}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID.5,\"error\":{\"code\":-32001,\"message\":\"Session not found\"}}")]
    public async Task An_answer_that_cannot_be_told_to_be_nobodys_leaves_it_open(string body)
    {
        foreach (var status in new[] { 400, 401, 404, 405 })
        {
            await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
                ScriptedServer.JsonAsync(context, status, body.Replace("ID", request.Id, StringComparison.Ordinal)));
            await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

            using var reply = await upstream.CallAsync();

            Assert.Equal((status, UpstreamOutcome.ProtocolError, true), (status, reply.Outcome, reply.WasSent));
            Assert.Equal(1, server.Count("tools/call"));
        }
    }

    [Theory]
    [InlineData(404, "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":-32001,\"message\":\"Session not found\"}}")]
    [InlineData(400, "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":-32000,\"message\":\"Bad Request: Server not initialized\"}}")]
    [InlineData(200, "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":-32002,\"message\":\"Not initialized\"}}")]
    public async Task A_call_answered_as_if_the_session_were_gone_is_not_sent_again_but_the_next_one_finds_another(int status, string body)
    {
        await using var server = await ForgetfulAsync((context, request) =>
            ScriptedServer.JsonAsync(context, status, body.Replace("ID", request.Id, StringComparison.Ordinal)));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var first = await upstream.CallAsync();
        Assert.True(first.IsError);
        Assert.Equal((1, 1), (server.Count("tools/call"), server.Count("initialize")));

        var next = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => upstream.CallAsync(arguments: "{\"a\":1}")));

        foreach (var reply in next)
        {
            Assert.Equal("{\"a\":1}", reply.ResultText());
            reply.Dispose();
        }

        Assert.Equal((9, 2), (server.Count("tools/call"), server.Count("initialize")));
    }

    [Fact]
    public async Task A_tool_that_speaks_of_sessions_does_not_cost_the_session()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) => request.Method switch
        {
            "ping" => ScriptedServer.ResultAsync(context, request, "{}"),
            _ => AnswerAsync(context, request, 400, "\"error\":{\"code\":-32000,\"message\":\"browser session limit reached\"}"),
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        for (var i = 0; i < 3; i++) (await upstream.CallAsync()).Dispose();

        Assert.Equal((3, 2, 1), (server.Count("tools/call"), server.Count("ping"), server.Count("initialize")));
        Assert.All(server.All.Where(request => request.Method == "tools/call"), call => Assert.Equal("session-1", call.Header("Mcp-Session-Id")));
    }

    /// <summary>A restarted server that answers 200 to everything is alive by its pings, and of no use until somebody shakes hands.</summary>
    [Theory]
    [InlineData(200, -32002, "Server not initialized")]
    [InlineData(200, -32001, "unknown session")]
    [InlineData(200, -32600, "Received request before initialization was complete")]
    [InlineData(200, 0, "session is gone")]
    [InlineData(400, -32000, "Bad Request: Server not initialized")]
    public async Task A_ping_that_is_answered_not_initialized_opens_another_session(int status, int code, string message)
    {
        await using var server = await ForgetfulAsync((context, request) => AnswerAsync(context, request, status, $"\"error\":{{\"code\":{code},\"message\":\"{message}\"}}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var ping = await upstream.SendAsync("ping");

        Assert.False(ping.IsError);
        Assert.Equal((2, 2), (server.Count("ping"), server.Count("initialize")));
    }

    [Fact]
    public async Task A_server_that_never_answers_a_ping_otherwise_is_asked_to_shake_hands_once_more_and_then_left_in_peace()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
            AnswerAsync(context, request, 200, "\"error\":{\"code\":-32002,\"message\":\"not initialized\"}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        for (var i = 0; i < 4; i++)
        {
            using var ping = await upstream.SendAsync("ping");
            Assert.True(ping.IsError);
        }

        Assert.Equal(2, server.Count("initialize"));
    }

    [Fact]
    public async Task A_modern_server_replaced_by_a_legacy_one_that_wants_initialize_is_found_out_by_the_probe()
    {
        var isReplaced = false;
        await using var server = await RawServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync();
            if (text.Length == 0 || !text.Contains("\"id\"", StringComparison.Ordinal)) { context.Response.StatusCode = text.Length == 0 ? 405 : 202; return; }
            var id = System.Text.Json.JsonElement.Parse(text).GetProperty("id").GetRawText();
            var answer = text.Contains("\"initialize\"", StringComparison.Ordinal) ? "\"result\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{}}"
                : isReplaced ? "\"error\":{\"code\":-32600,\"message\":\"Server not initialized\"}"
                : "\"result\":{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}";
            await ScriptedServer.JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},{answer}}}");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        Assert.Equal(ProtocolEra.Modern, upstream.Client.Connection!.Era);
        isReplaced = true;

        (await upstream.SendAsync("server/discover")).Dispose();

        Assert.Equal(ProtocolEra.Legacy, upstream.Client.Connection!.Era);
    }

    [Theory]
    [InlineData("7", "\"7\"")]
    [InlineData("7", "7.0")]
    [InlineData("7", "7e0")]
    public void An_id_is_a_number_however_it_comes_back(string sent, string came)
    {
        Assert.True(Core.Json.JsonRpcId.TryReadNumber(System.Text.Encoding.UTF8.GetBytes(came), out var number));
        Assert.Equal(sent, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"a\":1},\"error\":null}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":null,\"params\":null,\"error\":null,\"result\":{\"a\":1}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"ID\",\"result\":{\"a\":1}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID.0,\"result\":{\"a\":1}}")]
    [InlineData("\uFEFF{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"a\":1}}")]
    [InlineData("\uFEFF \r\n{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"a\":1}}\n")]
    public async Task An_answer_that_other_clients_take_is_taken(string body)
    {
        foreach (var isStream in new[] { false, true })
        {
            await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
            {
                var answer = body.Replace("ID", request.Id, StringComparison.Ordinal);
                if (!isStream) { await ScriptedServer.JsonAsync(context, 200, answer); return; }
                await ScriptedServer.EventStreamAsync(context);
                await ScriptedServer.WriteAsync(context, $"data: {answer.TrimEnd().Replace("\r\n", " ", StringComparison.Ordinal)}\n\n");
            });
            await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

            using var reply = await upstream.CallAsync();

            Assert.Equal("{\"a\":1}", reply.ResultText());
        }
    }

    [Fact]
    public async Task An_error_beside_a_result_that_is_null_is_an_error()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, request) =>
            AnswerAsync(context, request, 200, "\"result\":null,\"error\":{\"code\":-1,\"message\":\"m\"}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal("{\"code\":-1,\"message\":\"m\"}", reply.ErrorText());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(20_000)]
    public async Task A_result_as_deep_as_a_tree_of_pages_passes(int depth)
    {
        var result = $"{{\"structuredContent\":{Deep(depth)}}}";
        foreach (var error in new[] { false, true })
        {
            var answer = error ? $"\"error\":{{\"code\":1,\"message\":\"m\",\"data\":{Deep(depth)}}}" : $"\"result\":{result}";
            await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, request) => AnswerAsync(context, request, 200, answer));
            await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

            using var reply = await upstream.CallAsync();

            Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
            if (!error) Assert.Equal(result, reply.ResultText());
        }
    }

    private static string Deep(int depth) =>
        string.Concat(Enumerable.Range(0, depth).Select(level => level % 3 == 0 ? "[" : "{\"a\":")) + "1"
        + string.Concat(Enumerable.Range(0, depth).Reverse().Select(level => level % 3 == 0 ? "]" : "}"));

    private static Task AnswerAsync(HttpContext context, Received request, int status, string answer, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        if (status == 302) context.Response.Headers.Location = "/elsewhere";
        return request.HttpMethod == "POST" ? context.Response.WriteAsync($"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},{answer}}}") : Task.CompletedTask;
    }

    // Knows only sessions after the first.
    private static Task<ScriptedServer> ForgetfulAsync(Func<HttpContext, Received, Task> oldSession) => ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
    {
        if (request.HttpMethod != "POST") { context.Response.StatusCode = 405; return Task.CompletedTask; }
        if (request.Header("Mcp-Session-Id") == "session-1") return oldSession(context, request);
        return request.Method == "ping" ? ScriptedServer.ResultAsync(context, request, "{}") : ScriptedServerAnswers.Echo(context, request);
    });
}
