using System.Collections.Concurrent;

using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class LegacySseClientTests
{
    [Fact]
    public async Task An_endpoint_on_another_origin_gets_nothing()
    {
        var visited = false;
        await using var elsewhere = await RawServer.StartAsync(_ => { visited = true; return Task.CompletedTask; });
        await using var server = await StartAsync(_ => elsewhere.Mcp.ToString(), (_, _) => null);
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("another origin", failure.Message, StringComparison.Ordinal);
        Assert.False(visited);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(406)]
    [InlineData(410)]
    [InlineData(415)]
    [InlineData(422)]
    [InlineData(500)]
    [InlineData(501)]
    public async Task A_server_that_refuses_the_first_POST_is_asked_by_GET_before_it_is_given_up(int status)
    {
        await using var server = new LegacySseServer
        {
            OnPostToStream = context => ScriptedServer.JsonAsync(context, status, "{\"detail\":\"no\"}"),
            BeforeEndpoint = ": hello\n\nevent: ping\ndata: 1\n\n",
        };
        await server.StartAsync();

        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Sse);

        Assert.Equal("2024-11-05", upstream.Client.Connection!.ProtocolVersion);
    }

    /// <summary>Some servers open a stream for whoever comes to its address, by POST as well.</summary>
    [Fact]
    public async Task A_POST_that_opens_the_stream_of_HTTP_SSE_is_recognised()
    {
        await using var server = new LegacySseServer
        {
            OnPostToStream = async context =>
            {
                await ScriptedServer.EventStreamAsync(context);
                await ScriptedServer.WriteAsync(context, "event: endpoint\ndata: /messages?session=0\n\n");
                var gone = new TaskCompletionSource();
                context.RequestAborted.Register(() => gone.TrySetResult());
                await gone.Task;
            },
        };
        await server.StartAsync();

        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Sse);

        Assert.Equal("2024-11-05", upstream.Client.Connection!.ProtocolVersion);
    }

    [Fact]
    public async Task A_server_that_speaks_neither_is_told_with_what_it_answered()
    {
        await using var server = await RawServer.StartAsync(context => ScriptedServer.JsonAsync(context, context.Request.Method == "GET" ? 404 : 500, "{}"));
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("HTTP 500", failure.Message, StringComparison.Ordinal);
        Assert.Contains("HTTP 404", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_come_on_the_stream()
    {
        await using var server = await StartAsync(_ => "/messages?s=1", (method, id) => method == "initialize"
            ? $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{{\"tools\":{{}}}},\"serverInfo\":{{\"name\":\"old\",\"version\":\"1\"}}}}}}"
            : $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"ok\":\"ü\"}}}}");
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal("2024-11-05", upstream.Client.Connection!.ProtocolVersion);
        using var reply = await upstream.CallAsync();
        Assert.Equal("{\"ok\":\"ü\"}", reply.ResultText());
    }

    [Fact]
    public async Task An_address_that_speaks_nothing_of_MCP_says_so()
    {
        await using var server = await RawServer.StartAsync(context => ScriptedServer.JsonAsync(context, 404, "{}"));
        await using var upstream = new UpstreamUnderTest(server.Mcp);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("neither", failure.Message, StringComparison.Ordinal);
    }

    // Answers POSTs to /mcp with 405, as servers of 2024 do.
    private static Task<RawServer> StartAsync(Func<HttpContext, string> endpoint, Func<string, string, string?> answer)
    {
        var streams = new ConcurrentQueue<HttpContext>();
        return RawServer.StartAsync(async context =>
        {
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await ScriptedServer.EventStreamAsync(context);
                streams.Enqueue(context);
                await ScriptedServer.WriteAsync(context, $"event: endpoint\ndata: {endpoint(context)}\n\n");
                var aborted = new TaskCompletionSource();
                context.RequestAborted.Register(() => aborted.TrySetResult());
                await aborted.Task;
                return;
            }

            context.Response.StatusCode = context.Request.Path == "/mcp" ? 405 : 202;
            if (context.Response.StatusCode == 405 || !streams.TryPeek(out var stream)) return;
            using var body = new StreamReader(context.Request.Body);
            var message = System.Text.Json.JsonElement.Parse(await body.ReadToEndAsync());
            if (message.TryGetProperty("id", out var id) && answer(message.GetProperty("method").GetString()!, id.GetRawText()) is { } text)
                await ScriptedServer.WriteAsync(stream, $"event: message\ndata: {text}\n\n");
        });
    }
}
