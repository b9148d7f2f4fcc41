using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class StatusMappingTests
{
    private const ProtocolEra Legacy = ProtocolEra.Legacy;
    private const ProtocolEra Modern = ProtocolEra.Modern;

    [Theory]
    [InlineData(307, UpstreamOutcome.Refused, false)]
    [InlineData(308, UpstreamOutcome.Refused, false)]
    [InlineData(401, UpstreamOutcome.Refused, true)]
    [InlineData(403, UpstreamOutcome.Refused, true)]
    [InlineData(404, UpstreamOutcome.Refused, false)]
    [InlineData(405, UpstreamOutcome.Refused, false)]
    [InlineData(406, UpstreamOutcome.Refused, false)]
    [InlineData(413, UpstreamOutcome.Refused, false)]
    [InlineData(415, UpstreamOutcome.Refused, false)]
    [InlineData(421, UpstreamOutcome.Refused, false)]
    [InlineData(429, UpstreamOutcome.Refused, true)]
    public async Task These_statuses_say_that_nothing_was_executed(int status, UpstreamOutcome outcome, bool isAlive)
    {
        foreach (var era in new[] { Legacy, Modern })
        {
            using var reply = await AnsweredAsync(era, status, body: null);

            Assert.Equal((outcome, false, isAlive), (reply.Outcome, reply.WasSent, reply.IsAlive));
            Assert.Contains($"HTTP {status}", reply.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(301, UpstreamOutcome.SentButNoAnswer)]
    [InlineData(302, UpstreamOutcome.SentButNoAnswer)]
    [InlineData(303, UpstreamOutcome.SentButNoAnswer)]
    [InlineData(202, UpstreamOutcome.ProtocolError)]
    [InlineData(204, UpstreamOutcome.ProtocolError)]
    [InlineData(400, UpstreamOutcome.ProtocolError)]
    [InlineData(408, UpstreamOutcome.SentButNoAnswer)]
    [InlineData(409, UpstreamOutcome.ProtocolError)]
    [InlineData(500, UpstreamOutcome.SentButNoAnswer)]
    [InlineData(502, UpstreamOutcome.SentButNoAnswer)]
    [InlineData(503, UpstreamOutcome.SentButNoAnswer)]
    [InlineData(504, UpstreamOutcome.SentButNoAnswer)]
    public async Task These_statuses_leave_open_whether_it_was_executed(int status, UpstreamOutcome outcome)
    {
        foreach (var era in new[] { Legacy, Modern })
        {
            using var reply = await AnsweredAsync(era, status, body: null);

            Assert.Equal((outcome, true), (reply.Outcome, reply.WasSent));
        }
    }

    /// <summary>A bridge, or another gateway, tells what became of a call; there is no server's answer to pass on.</summary>
    [Theory]
    [InlineData(200, "no_healthy_instance", false)]
    [InlineData(503, "no_healthy_instance", false)]
    [InlineData(200, "upstream_unreachable", false)]
    [InlineData(200, "upstream_failed", true)]
    [InlineData(200, "upstream_timeout", true)]
    public async Task A_failure_behind_a_bridge_counts_as_if_there_were_no_bridge(int status, string code, bool maybeExecuted)
    {
        foreach (var era in new[] { Legacy, Modern })
        {
            var error = $$$"""{"code":-32000,"message":"m","data":{"code":"{{{code}}}","maybe_executed":{{{(maybeExecuted ? "true" : "false")}}} } }""";
            using var named = await AnsweredAsync(era, status, $$"""{"jsonrpc":"2.0","id":ID,"error":{{error}} }""");
            using var nameless = await AnsweredAsync(era, status, $$"""{"jsonrpc":"2.0","id":null,"error":{{error}} }""");

            foreach (var reply in new[] { named, nameless })
                Assert.Equal((maybeExecuted ? UpstreamOutcome.SentButNoAnswer : UpstreamOutcome.Refused, maybeExecuted), (reply.Outcome, reply.WasSent));
        }
    }

    [Theory]
    [InlineData("""{"code":-32000,"message":"m"}""")]
    [InlineData("""{"code":-32000,"message":"m","data":{"code":"upstream_failed"}}""")]
    [InlineData("""{"code":-32000,"message":"m","data":{"code":"upstream_failed","maybe_executed":"no"}}""")]
    [InlineData("""{"code":-32000,"message":"m","data":{"code":"of_its_own","maybe_executed":false}}""")]
    [InlineData("""{"code":-32603,"message":"m","data":{"code":"upstream_failed","maybe_executed":false}}""")]
    [InlineData("""{"code":-32000,"message":"m","data":["upstream_failed"]}""")]
    public async Task An_error_that_only_resembles_it_is_the_servers_own_answer(string error)
    {
        using var reply = await AnsweredAsync(Modern, 200, $$"""{"jsonrpc":"2.0","id":ID,"error":{{error}} }""");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal(error, reply.ErrorText());
    }

    [Theory]
    [InlineData(Modern, 200)]
    [InlineData(Modern, 400)]
    [InlineData(Modern, 404)]
    [InlineData(Modern, 500)]
    [InlineData(Modern, 503)]
    [InlineData(Legacy, 200)]
    [InlineData(Legacy, 400)]
    [InlineData(Legacy, 500)]
    public async Task An_error_to_our_request_is_an_answer_whatever_the_status(ProtocolEra era, int status)
    {
        using var reply = await AnsweredAsync(era, status, "{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":-32601,\"message\":\"ü\",\"data\":{\"x\":[1, 2]},\"more\":true}}");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal("{\"code\":-32601,\"message\":\"ü\",\"data\":{\"x\":[1, 2]},\"more\":true}", reply.ErrorText());
    }

    [Theory]
    [InlineData("null", UpstreamOutcome.Refused, false)]
    [InlineData("ID", UpstreamOutcome.Answered, true)]
    public async Task A_modern_refusal_of_headers_or_revision_was_not_executed_unless_it_names_the_call(string id, UpstreamOutcome outcome, bool wasSent)
    {
        foreach (var code in new[] { -32020, -32022 })
        {
            using var reply = await AnsweredAsync(Modern, 400, $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{{\"code\":{code},\"message\":\"no\"}}}}");

            Assert.Equal((outcome, wasSent), (reply.Outcome, reply.WasSent));
        }
    }

    [Fact]
    public async Task An_error_of_a_proxy_that_names_no_request_is_no_answer()
    {
        using var reply = await AnsweredAsync(Modern, 503, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"busy\"}}");

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"content\":[")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":999999,\"result\":{}}")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":ID}]")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":ID}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{},\"result\":{}}")]
    public async Task An_answer_that_is_not_JSON_RPC_to_our_request_is_a_protocol_error(string body)
    {
        using var reply = await AnsweredAsync(Modern, 200, body);

        Assert.Equal((UpstreamOutcome.ProtocolError, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    public async Task Retry_after_is_told(string header, int seconds)
    {
        using var reply = await AnsweredAsync(Modern, 429, null, context => context.Response.Headers.RetryAfter = header);

        Assert.Equal((429, TimeSpan.FromSeconds(seconds)), (reply.RefusalStatus, reply.RetryAfter));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_no_credential_travels()
    {
        var visited = false;
        await using var elsewhere = await RawServer.StartAsync(_ => { visited = true; return Task.CompletedTask; });

        using var reply = await AnsweredAsync(Modern, 307, null, context => context.Response.Headers.Location = elsewhere.Mcp.ToString());

        Assert.Equal(UpstreamOutcome.Refused, reply.Outcome);
        Assert.Contains($"HTTP 307) to {elsewhere.Mcp}", reply.Detail, StringComparison.Ordinal);
        Assert.False(visited);
    }

    [Fact]
    public async Task A_modern_instance_that_says_another_revision_now_is_found_out_anew()
    {
        await using var server = await ScriptedServer.StartAsync(Modern, (context, request) =>
            ScriptedServer.JsonAsync(context, 400, $"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"error\":{{\"code\":-32022,\"message\":\"no\",\"data\":{{\"supported\":[\"2025-11-25\"]}}}}}}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Null(upstream.Client.Connection);
        await upstream.Observer.NextDisconnectAsync();
        await upstream.ConnectAsync();
        Assert.Equal(2, server.Count("server/discover"));
    }

    private static async Task<UpstreamReply> AnsweredAsync(ProtocolEra era, int status, string? body, Action<HttpContext>? prepare = null)
    {
        Func<HttpContext, Received, Task> answer = (context, request) =>
        {
            prepare?.Invoke(context);
            context.Response.StatusCode = status;
            return body is null ? Task.CompletedTask : ScriptedServer.JsonAsync(context, status, body.Replace("ID", request.Id, StringComparison.Ordinal));
        };
        await using var server = era == Modern
            ? await ScriptedServer.StartAsync(era, answer)
            : await ScriptedServer.StartSessionlessAsync("2025-11-25", answer);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        return await upstream.CallAsync();
    }
}
