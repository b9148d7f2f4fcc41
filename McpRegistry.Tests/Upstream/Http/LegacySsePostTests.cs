using System.Text.Json;

using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>HTTP+SSE servers answer POSTs in many ways; what becomes of one concerns its own request only.</summary>
public sealed class LegacySsePostTests : IAsyncLifetime
{
    private readonly LegacySseServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task A_refused_POST_fails_its_own_call_as_not_executed_and_no_other(int status)
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        var slow = upstream.CallAsync("slow");
        var started = await _server.NextAsync("slow");
        _server.OnCall = (context, _) => RefuseAsync(context, status);

        using var refused = await upstream.CallAsync("large");
        await _server.AnswerAsync(started, "{\"slow\":true}");
        using var answered = await slow;

        Assert.Equal((UpstreamOutcome.Refused, false), (refused.Outcome, refused.WasSent));
        Assert.Contains($"HTTP {status}", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("{\"slow\":true}", answered.ResultText());
        Assert.NotNull(upstream.Client.Connection);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_POST_that_failed_otherwise_leaves_open_whether_it_was_executed(int status)
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        _server.OnCall = (context, _) => RefuseAsync(context, status);

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
        Assert.NotNull(upstream.Client.Connection);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(429)]
    public async Task A_living_server_that_refuses_us_is_named_as_one(int status)
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        _server.OnCall = (context, _) =>
        {
            context.Response.Headers.RetryAfter = "7";
            return RefuseAsync(context, status);
        };

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.Refused, false, status, TimeSpan.FromSeconds(7)), (reply.Outcome, reply.WasSent, reply.RefusalStatus, reply.RetryAfter!.Value));
    }

    /// <summary>A proxy or a filter refuses what the server behind it executes; what the stream says of the call is its answer.</summary>
    [Theory]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task An_answer_on_the_stream_right_after_a_refused_POST_is_the_answer(int status)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var upstream = new UpstreamUnderTest(_server.Sse, time: time);
        await upstream.ConnectAsync();
        _server.OnCall = (context, _) => RefuseAsync(context, status);

        var call = upstream.CallAsync("refused");
        var request = await _server.NextAsync("refused");
        await _server.AnswerAsync(request, "{\"by\":\"stream\"}");
        using var reply = await call;

        Assert.Equal("{\"by\":\"stream\"}", reply.ResultText());
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"cut")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID}")]
    public async Task A_broken_answer_on_the_stream_after_a_refused_POST_leaves_open_whether_it_was_executed(string answer)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var upstream = new UpstreamUnderTest(_server.Sse, time: time);
        await upstream.ConnectAsync();
        _server.OnCall = (context, _) => RefuseAsync(context, 404);

        var call = upstream.CallAsync("refused");
        var request = await _server.NextAsync("refused");
        await _server.SendAsync(answer.Replace("ID", request.GetProperty("id").GetRawText(), StringComparison.Ordinal));
        using var reply = await call;

        Assert.Equal((UpstreamOutcome.ProtocolError, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task A_refusal_after_progress_was_told_does_not_say_that_nothing_was_executed()
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        var listener = new RecordingListener();
        _server.OnCall = async (context, request) =>
        {
            await _server.SendAsync($"{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{{\"progressToken\":{request.GetProperty("id")},\"progress\":1}}}}");
            await listener.HeardAsync();
            await RefuseAsync(context, 400);
        };

        using var reply = await upstream.CallAsync(listener: listener);

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task A_refused_notification_harms_nobody()
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        _server.OnNotification = context => RefuseAsync(context, 400);
        var slow = upstream.CallAsync("slow");
        var started = await _server.NextAsync("slow");
        using var caller = new CancellationTokenSource();
        var given = upstream.CallAsync("given-up", cancellationToken: caller.Token);
        await _server.NextAsync("given-up");

        await caller.CancelAsync();
        using (await given) { }
        await _server.NextAsync("notifications/cancelled");
        await _server.AnswerAsync(started, "{\"slow\":true}");
        using var answered = await slow;

        Assert.Equal("{\"slow\":true}", answered.ResultText());
        Assert.NotNull(upstream.Client.Connection);
    }

    /// <summary>Spring's WebMVC server answers a POST when the tool has ended.</summary>
    [Fact]
    public async Task Calls_run_side_by_side_where_a_POST_is_answered_only_when_the_tool_ended()
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        var slowMayEnd = new TaskCompletionSource();
        _server.OnCall = async (_, request) =>
        {
            if (NameOf(request) == "slow") await slowMayEnd.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await _server.AnswerAsync(request, "{\"done\":true}");
        };

        var slow = upstream.CallAsync("slow");
        await _server.NextAsync("slow");
        using var fast = await upstream.CallAsync("fast");
        var isSlowDone = slow.IsCompleted;
        slowMayEnd.SetResult();
        using var late = await slow;

        Assert.Equal("{\"done\":true}", fast.ResultText());
        Assert.False(isSlowDone);
        Assert.Equal("{\"done\":true}", late.ResultText());
    }

    [Fact]
    public async Task A_POST_may_stay_open_as_long_as_its_call()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var upstream = new UpstreamUnderTest(_server.Sse, time: time);
        await upstream.ConnectAsync();
        var mayEnd = new TaskCompletionSource();
        _server.OnCall = async (_, request) =>
        {
            await mayEnd.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await _server.AnswerAsync(request, "{\"done\":true}");
        };

        var call = upstream.CallAsync("slow");
        await _server.NextAsync("slow");
        for (var i = 0; i < 4; i++) time.Advance(TimeSpan.FromSeconds(60));
        mayEnd.SetResult();
        using var reply = await call;

        Assert.Equal("{\"done\":true}", reply.ResultText());
        Assert.NotNull(upstream.Client.Connection);
    }

    [Theory]
    [InlineData(200, "application/json", "ANSWER")]
    [InlineData(202, "application/json", "ANSWER")]
    [InlineData(200, "text/plain", " ANSWER\n")]
    [InlineData(200, "text/event-stream", ": hi\n\nevent: message\ndata: ANSWER\n\n")]
    [InlineData(400, "application/json", "ANSWER")]
    [InlineData(404, "application/json", "ANSWER")]
    [InlineData(500, "application/json", "ANSWER")]
    public async Task An_answer_in_the_body_of_the_POST_is_the_answer_whatever_the_status(int status, string type, string body)
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        _server.OnCall = (context, request) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body.Replace("ANSWER", $"{{\"jsonrpc\":\"2.0\",\"id\":{request.GetProperty("id")},\"error\":{{\"code\":-32000,\"message\":\"quota\"}}}}", StringComparison.Ordinal));
        };

        using var reply = await upstream.CallAsync();

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal("{\"code\":-32000,\"message\":\"quota\"}", reply.ErrorText());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task A_broken_answer_that_names_the_call_is_never_taken_for_a_refusal(int status)
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        _server.OnCall = (context, request) => ScriptedServer.JsonAsync(context, status, $"{{\"jsonrpc\":\"2.0\",\"id\":{request.GetProperty("id")},\"result\":{{\"cut");

        using var reply = await upstream.CallAsync();

        Assert.Equal((UpstreamOutcome.ProtocolError, true), (reply.Outcome, reply.WasSent));
    }

    [Theory]
    [InlineData("Accepted")]
    [InlineData("{\"status\":\"ok\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":99999,\"result\":{}}")]
    public async Task A_body_that_is_no_answer_to_the_call_is_passed_over(string body)
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        _server.OnCall = async (context, request) =>
        {
            await context.Response.WriteAsync(body);
            await context.Response.CompleteAsync();
            await _server.AnswerAsync(request, "{\"by\":\"stream\"}");
        };

        using var reply = await upstream.CallAsync();

        Assert.Equal("{\"by\":\"stream\"}", reply.ResultText());
    }

    /// <summary>A proxy in between had no more patience; the server has.</summary>
    [Fact]
    public async Task An_answer_by_the_stream_counts_after_a_proxy_gave_the_POST_up()
    {
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);
        _server.OnCall = async (context, request) =>
        {
            await RefuseAsync(context, 504);
            await context.Response.CompleteAsync();
            await _server.AnswerAsync(request, "{\"late\":true}");
        };

        using var reply = await upstream.CallAsync();

        Assert.Equal("{\"late\":true}", reply.ResultText());
    }

    [Fact]
    public async Task A_POST_whose_connection_broke_fails_its_own_call_alone()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        await using var upstream = new UpstreamUnderTest(_server.Sse, time: time);
        await upstream.ConnectAsync();
        _server.OnCall = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var broken = upstream.CallAsync("broken");
        await _server.NextAsync("broken");
        while (!broken.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        using var reply = await broken;
        _server.OnCall = (_, request) => _server.AnswerAsync(request, "{}");
        using var next = await upstream.CallAsync("next");

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
        Assert.Equal(UpstreamOutcome.Answered, next.Outcome);
    }

    [Fact]
    public async Task The_end_of_the_handshake_is_never_overtaken()
    {
        var isTaken = false;
        var wasOvertaken = false;
        _server.OnNotification = async _ =>
        {
            // A slow server; a call that does not wait is here long before.
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
            Volatile.Write(ref isTaken, true);
        };
        _server.OnCall = (_, request) =>
        {
            wasOvertaken = !Volatile.Read(ref isTaken);
            return _server.AnswerAsync(request, "{}");
        };
        await using var upstream = await UpstreamUnderTest.ConnectAsync(_server.Sse);

        using (await upstream.CallAsync()) { }

        Assert.False(wasOvertaken);
    }

    private static string? NameOf(JsonElement request) => request.GetProperty("params").GetProperty("name").GetString();

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
