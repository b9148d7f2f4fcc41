using System.Text;

using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class EventStreamTests
{
    [Theory]
    [InlineData(ProtocolEra.Legacy)]
    [InlineData(ProtocolEra.Modern)]
    public async Task Notifications_of_a_request_come_in_order_before_its_answer(ProtocolEra era)
    {
        await using var server = await ScriptedServer.StartAsync(era, async (context, request) =>
        {
            if (HttpMethods.IsGet(context.Request.Method)) { context.Response.StatusCode = 405; return; }
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, "id: 0\ndata:\n\n");
            for (var i = 0; i < 20; i++) await ScriptedServer.WriteAsync(context, $": keep-alive\r\n\r\nevent: message\r\ndata: {Progress(request, i)}\r\n\r\n");
            await ScriptedServer.WriteAsync(context, $"data: {{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\r\ndata: \"result\":{{\"ü\":1}}}}\r\n\r\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        var listener = new RecordingListener();

        using var reply = await upstream.CallAsync(listener: listener);

        Assert.Equal("{\"ü\":1}", reply.ResultText());
        var call = server.Only("tools/call");
        Assert.Equal(Enumerable.Range(0, 20).Select(i => Progress(call, i)), listener.Heard);
        Assert.Equal(call.Id, call.Json.GetProperty("params").GetProperty("_meta").GetProperty("progressToken").GetRawText());
    }

    [Fact]
    public async Task A_stream_sliced_at_any_byte_gives_the_same_answer()
    {
        var cut = 0;
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            var bytes = Encoding.UTF8.GetBytes($": c\r\n\r\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}}\r\n\r\ndata: {Answer(request, "{\"ü\":[]}")}\n\n");
            await ScriptedServer.EventStreamAsync(context);
            var at = cut % bytes.Length;
            await context.Response.Body.WriteAsync(bytes.AsMemory(..at));
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync(bytes.AsMemory(at..));
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        for (cut = 0; cut < 130; cut++)
        {
            using var reply = await upstream.CallAsync();
            Assert.Equal("{\"ü\":[]}", reply.ResultText());
        }
    }

    [Fact]
    public async Task A_stream_that_ends_before_the_answer_leaves_it_open()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {Progress(request, 1)}\n\ndata: {Answer(request, "{}")}\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task A_stream_that_is_cut_leaves_it_open()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {Progress(request, 1)}\n\n");
            context.Abort();
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task An_event_above_the_limit_ends_the_call()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {Answer(request, $"\"{new string('x', 300_000)}\"")}\n\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp, maxResponseBytes: 100_000);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.ResponseTooLarge, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData("event: ping\ndata: ping\n\n")]
    [InlineData("event: heartbeat\ndata: {}\n\n")]
    [InlineData("event: heartbeat\ndata: {\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"of\":\"somebody else\"}}\n\n")]
    [InlineData("data: hello\n\n")]
    [InlineData("data: {\"type\":\"ping\"}\n\ndata: [1]\n\ndata: {\"id\":ID}\n\ndata: {\"a\":\n\n")]
    [InlineData("data: {\"jsonrpc\":\"2.0\",\"id\":987654,\"result\":{}}\n\n")]
    [InlineData("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":null}\n\n")]
    [InlineData("data: {\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"notifications/tools/list_changed\",\"params\":[]}\n\n")]
    public async Task An_event_that_is_no_message_is_passed_over_and_the_answer_behind_it_is_taken(string before)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, before.Replace("ID", request.Id, StringComparison.Ordinal));
            await ScriptedServer.WriteAsync(context, $"event: message\ndata: {Answer(request, "{\"a\":1}")}\n\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal("{\"a\":1}", reply.ResultText());
    }

    [Fact]
    public async Task A_broken_event_that_was_the_answer_ends_the_call_at_once()
    {
        var gate = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{{\"a\":NaN}}}}\n\n");
            await gate.Task;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();
        gate.SetResult();

        Assert.Equal((UpstreamOutcome.ProtocolError, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData("text/event-stream", "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n")]
    [InlineData("text/event-stream", "event: noise\ndata: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n")]
    [InlineData("text/event-stream", "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n")]
    [InlineData("text/event-stream", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("application/json", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("application/json", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("text/html", "<p>and so on</p>")]
    public async Task An_answer_without_end_is_too_large(string type, string piece)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, _) =>
        {
            context.Response.ContentType = type;
            var much = string.Concat(Enumerable.Repeat(piece, 200));
            while (!context.RequestAborted.IsCancellationRequested) await ScriptedServer.WriteAsync(context, much);
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp, maxResponseBytes: 100_000);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.ResponseTooLarge, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task Requests_of_a_legacy_server_are_answered_by_POST()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, async (context, request) =>
        {
            if (request.Method is null) { context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? 405 : 202; return; }
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, "data: {\"jsonrpc\":\"2.0\",\"id\":\"p-ü\",\"method\":\"ping\"}\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"sampling/createMessage\",\"params\":{}}\n\n");
            await ScriptedServer.WriteAsync(context, $"data: {Answer(request, "{}")}\n\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        var answers = server.All.Where(request => request is { Method: null, HttpMethod: "POST" }).ToArray();
        Assert.Equal(["{\"jsonrpc\":\"2.0\",\"id\":\"p-ü\",\"result\":{}}", "{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}"], answers.Select(answer => answer.Body));
        Assert.All(answers, answer => Assert.Equal("session-1", answer.Header("Mcp-Session-Id")));
    }

    [Fact]
    public async Task News_of_the_instance_on_the_stream_of_a_request_goes_to_the_observer()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}}\n\ndata: {Answer(request, "{}")}\n\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Contains("tools/list_changed", await upstream.Observer.NextNotificationAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_whose_client_went_away_does_not_blame_the_upstream()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {Progress(request, 1)}\n\ndata: {Answer(request, "{}")}\n\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync(listener: new GoneListener());

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
    }

    [Fact]
    public async Task An_error_status_with_an_event_stream_is_read_too()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, request) =>
        {
            context.Response.StatusCode = 404;
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"error\":{{\"code\":-32601,\"message\":\"no\"}}}}\n\n");
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync();

        Assert.Equal("{\"code\":-32601,\"message\":\"no\"}", reply.ErrorText());
    }

    private static string Progress(Received request, int value) =>
        $"{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{{\"progressToken\":{request.Id},\"progress\":{value}}}}}";

    private static string Answer(Received request, string result) => $"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},\"result\":{result}}}";

    private sealed class GoneListener : IRequestListener
    {
        public ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message) => throw new IOException("gone");
    }
}
