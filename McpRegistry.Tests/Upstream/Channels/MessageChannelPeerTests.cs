using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Channels;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Channels;

public sealed class MessageChannelPeerTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();
    private readonly RecordingObserver _observer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly MessageChannelPeer _peer;

    public MessageChannelPeerTests()
    {
        _peer = new MessageChannelPeer("test", _channel, _observer, _time, NullLogger.Instance);
        _peer.Start();
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    [Fact]
    public async Task Answers_go_to_the_request_they_belong_to_whatever_their_order()
    {
        var first = Send("tools/call", """{"name":"a"}""");
        var firstId = IdOf(await _channel.NextSentAsync());
        var second = Send("tools/call", """{"name":"b"}""");
        var secondId = IdOf(await _channel.NextSentAsync());

        Answer(secondId, """{"of":"b"}""");
        _channel.Receive($$$"""{"jsonrpc":"2.0","id":{{{firstId}}},"error":{"code":-1,"message":"of a"}}""");

        using var replyToSecond = await second;
        using var replyToFirst = await first;
        Assert.NotEqual(firstId, secondId);
        Assert.Equal("""{"of":"b"}""", Encoding.UTF8.GetString(replyToSecond.Result.Span));
        Assert.True(replyToFirst.IsError);
        Assert.Equal(UpstreamOutcome.Answered, replyToFirst.Outcome);
    }

    [Fact]
    public async Task An_answer_in_another_code_page_is_an_answer()
    {
        var request = Send("tools/call", """{"name":"a"}""");
        var id = IdOf(await _channel.NextSentAsync());

        _channel.Receive(Encoding.Latin1.GetBytes($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"of":"größer"}}"""));

        using var reply = await request;
        Assert.Equal("{\"of\":\"gr\ufffd\ufffder\"}", Encoding.UTF8.GetString(reply.Result.Span));
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID}")]
    [InlineData("{\"id\":\"ID\",\"jsonrpc\":\"2.0\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":null,\"error\":null}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"content\":[]}")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":ID}]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"cut")]
    public async Task An_answer_with_neither_result_nor_error_ends_its_call_at_once_as_no_answer(string answer)
    {
        var request = Send("tools/call", """{"name":"a"}""");
        var id = IdOf(await _channel.NextSentAsync());

        _channel.Receive(answer.Replace("ID", $"{id}", StringComparison.Ordinal));

        using var reply = await request.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((UpstreamOutcome.ProtocolError, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task The_messages_of_a_batch_are_taken_one_by_one()
    {
        var first = Send("tools/call", """{"name":"a"}""");
        var firstId = IdOf(await _channel.NextSentAsync());
        var second = Send("tools/call", """{"name":"b"}""");
        var secondId = IdOf(await _channel.NextSentAsync());

        _channel.Receive($$$"""[{"jsonrpc":"2.0","id":{{{secondId}}},"result":{"of":"b"}},5,[{"jsonrpc":"2.0","id":{{{firstId}}},"result":{}}],{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}]""");
        _channel.Receive($$$""" [ {"jsonrpc":"2.0","id":{{{firstId}}},"result":{"of":"a"}} ] """);

        using var replyToSecond = await second.WaitAsync(TimeSpan.FromSeconds(30));
        using var replyToFirst = await first.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("""{"of":"b"}""", Encoding.UTF8.GetString(replyToSecond.Result.Span));
        Assert.Equal("""{"of":"a"}""", Encoding.UTF8.GetString(replyToFirst.Result.Span));
        Assert.Contains("list_changed", await _observer.NextNotificationAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"level":30,"id":ID,"msg":"a line of a log"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"met""")]
    [InlineData("[INFO] {\"id\":ID}")]
    public async Task What_is_no_answer_ends_no_call(string line)
    {
        var request = Send("tools/call", """{"name":"a"}""");
        var id = IdOf(await _channel.NextSentAsync());

        _channel.Receive(line.Replace("ID", $"{id}", StringComparison.Ordinal));
        Answer(id, """{"of":"a"}""");

        using var reply = await request.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("""{"of":"a"}""", Encoding.UTF8.GetString(reply.Result.Span));
    }

    [Fact]
    public async Task Unknown_and_repeated_answers_are_dropped_and_counted()
    {
        var request = Send("ping");
        var id = IdOf(await _channel.NextSentAsync());
        _channel.Receive("""{"jsonrpc":"2.0","id":777,"result":{}}""");
        _channel.Receive("""{"jsonrpc":"2.0","id":"x","result":{}}""");
        Answer(id);
        Answer(id);
        await PingRoundTripAsync();

        (await request).Dispose();
        Assert.Equal(3, _peer.DroppedAnswers);
    }

    [Fact]
    public async Task Progress_reaches_the_listener_of_its_request_in_order_and_before_the_answer()
    {
        var listener = new RecordingListener();
        var request = Send("tools/call", "{}", listener);
        var sent = await _channel.NextSentAsync();
        var id = IdOf(sent);
        Assert.Equal(id, JsonDocument.Parse(sent).RootElement.GetProperty("params").GetProperty("_meta").GetProperty("progressToken").GetInt64());

        for (var i = 1; i <= 5; i++) _channel.Receive(Progress(id, i));
        Answer(id);

        (await request).Dispose();
        Assert.Equal([1, 2, 3, 4, 5], listener.Heard);
    }

    [Fact]
    public async Task A_slow_listener_delays_its_own_request_only_and_hears_the_last_progress()
    {
        var listener = new RecordingListener { Gate = new TaskCompletionSource() };
        var slow = Send("tools/call", "{}", listener);
        var slowId = IdOf(await _channel.NextSentAsync());
        for (var i = 1; i <= 100; i++) _channel.Receive(Progress(slowId, i));
        Answer(slowId);

        var other = Send("ping");
        Answer(IdOf(await _channel.NextSentAsync()));
        (await other).Dispose();
        Assert.False(slow.IsCompleted);

        listener.Gate.SetResult();
        (await slow).Dispose();
        Assert.Equal(100, listener.Heard[^1]);
        Assert.True(listener.Heard.Count < 100);
    }

    [Fact]
    public async Task A_cancelled_request_that_was_written_tells_the_server_and_drops_the_late_answer()
    {
        using var cancellation = new CancellationTokenSource();
        var request = Send("tools/call", "{}", null, cancellation.Token);
        var id = IdOf(await _channel.NextSentAsync());

        await cancellation.CancelAsync();

        using var reply = await request;
        Assert.Equal(UpstreamOutcome.Cancelled, reply.Outcome);
        Assert.True(reply.WasSent);
        var notification = JsonDocument.Parse(await _channel.NextSentAsync()).RootElement;
        Assert.Equal("notifications/cancelled", notification.GetProperty("method").GetString());
        Assert.Equal(id, notification.GetProperty("params").GetProperty("requestId").GetInt64());

        Answer(id);
        await PingRoundTripAsync();
        Assert.Equal(1, _peer.DroppedAnswers);
    }

    [Fact]
    public async Task When_the_channel_is_lost_written_requests_are_ambiguous_and_waiting_ones_were_not_sent()
    {
        _channel.Stall = new TaskCompletionSource();
        var written = Send("tools/call");
        await _channel.NextSentAsync();
        var waiting = Send("tools/call");

        _channel.End();

        using var lost = await written;
        using var notSent = await waiting;
        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (lost.Outcome, lost.WasSent));
        Assert.Equal((UpstreamOutcome.ConnectFailed, false), (notSent.Outcome, notSent.WasSent));
        using var later = await Send("tools/call");
        Assert.Equal(UpstreamOutcome.ConnectFailed, later.Outcome);
    }

    [Fact]
    public async Task A_server_that_stopped_reading_overloads_its_queue_and_hangs_nobody()
    {
        _channel.Stall = new TaskCompletionSource();
        var all = Enumerable.Range(0, 200).Select(_ => Send("tools/call")).ToArray();

        var refused = all.Where(task => task.IsCompleted).ToArray();

        Assert.InRange(refused.Length, 200 - OutgoingQueue.MaxMessages - 1, 200 - OutgoingQueue.MaxMessages);
        foreach (var task in refused) Assert.Equal(UpstreamOutcome.Overloaded, (await task).Outcome);
        _channel.Stall.SetResult();
        for (var i = 0; i < 200 - refused.Length; i++)
        {
            Answer(IdOf(await _channel.NextSentAsync()));
        }

        foreach (var task in all.Except(refused)) Assert.Equal(UpstreamOutcome.Answered, (await task).Outcome);
    }

    [Fact]
    public async Task Requests_of_the_server_are_answered_ping_well_and_the_rest_with_method_not_found()
    {
        _channel.Receive("""{"jsonrpc":"2.0","id":"p","method":"ping"}""");
        _channel.Receive("""{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{}}""");

        Assert.Equal("""{"jsonrpc":"2.0","id":"p","result":{}}""", await _channel.NextSentAsync());
        Assert.Contains("-32601", await _channel.NextSentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notifications_of_no_request_reach_the_observer()
    {
        _channel.Receive("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");

        Assert.Contains("list_changed", await _observer.NextNotificationAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Junk_is_passed_over_until_it_is_a_flood_of_bytes()
    {
        var line = new string('x', 64 * 1024);
        for (var i = 0; i < 1000; i++) _channel.Receive("\u001b[31mbanner");
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 15; i++) _channel.Receive(line);
            await PingRoundTripAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1900, _peer.JunkMessages);
        Assert.False(_peer.IsClosed);

        for (var i = 0; i < 161; i++) _channel.Receive(line);

        Assert.Equal("it wrote more than 1048576 bytes a second for 10 s that are no JSON-RPC", await _peer.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_broken_answer_fails_its_own_request_only()
    {
        var broken = Send("tools/call");
        var brokenId = IdOf(await _channel.NextSentAsync());
        var good = Send("tools/call");
        var goodId = IdOf(await _channel.NextSentAsync());

        Answer(brokenId, "[1,]");
        Answer(goodId);

        Assert.Equal(UpstreamOutcome.ProtocolError, (await broken).Outcome);
        Assert.Equal(UpstreamOutcome.Answered, (await good).Outcome);
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{},\"error\":null}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"ID\",\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID.0,\"result\":{}}")]
    [InlineData("\uFEFF{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{}}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"method\":null,\"params\":null,\"result\":{},\"error\":null}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"deep\":DEEP}}")]
    public async Task An_answer_that_other_clients_take_is_taken(string answer)
    {
        var request = Send("tools/call");
        var id = IdOf(await _channel.NextSentAsync());

        _channel.Receive(answer.Replace("ID", $"{id}", StringComparison.Ordinal).Replace("DEEP", new string('[', 1000) + new string(']', 1000), StringComparison.Ordinal));

        using var reply = await request;
        Assert.Equal((UpstreamOutcome.Answered, false), (reply.Outcome, reply.IsError));
    }

    [Fact]
    public async Task A_broken_answer_with_its_id_as_text_fails_its_own_request()
    {
        var request = Send("tools/call");
        var id = IdOf(await _channel.NextSentAsync());

        _channel.Receive($"{{\"jsonrpc\":\"2.0\",\"id\":\"{id}\",\"result\":{{\"a\":NaN}}}}");

        Assert.Equal(UpstreamOutcome.ProtocolError, (await request).Outcome);
    }

    [Fact]
    public async Task Progress_finds_its_request_by_a_token_that_became_text()
    {
        var listener = new RecordingListener();
        var request = Send("tools/call", "{}", listener);
        var id = IdOf(await _channel.NextSentAsync());

        _channel.Receive($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"{{{id}}}","progress":4}}""");
        Answer(id);

        (await request).Dispose();
        Assert.Equal([4], listener.Heard);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_too_large_for_its_request_and_a_loss_for_the_others()
    {
        var other = Send("tools/call");
        await _channel.NextSentAsync();
        var tooLarge = Send("tools/call");
        var id = IdOf(await _channel.NextSentAsync());

        _channel.End(new MessageTooLargeException(1024, id));

        Assert.Equal(UpstreamOutcome.ResponseTooLarge, (await tooLarge).Outcome);
        Assert.Equal(UpstreamOutcome.SentButNoAnswer, (await other).Outcome);
    }

    private static string Progress(long token, int progress) =>
        $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{token}}},"progress":{{{progress}}}}}""";

    private void Answer(long id, string result = "{}") => _channel.Receive($$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}} }""");

    private static long IdOf(string request) => JsonDocument.Parse(request).RootElement.GetProperty("id").GetInt64();

    private Task<UpstreamReply> Send(string method, string parameters = "{}", IRequestListener? listener = null, CancellationToken cancellationToken = default) =>
        _peer.SendAsync(
            new UpstreamRequest { Method = method, Params = RequestParams.Parse(Encoding.UTF8.GetBytes(parameters)), Listener = listener },
            ProtocolEra.Legacy, "2025-11-25", cancellationToken).AsTask();

    // What was received before is handled once the server's ping is answered.
    private async Task PingRoundTripAsync()
    {
        _channel.Receive("""{"jsonrpc":"2.0","id":"sync","method":"ping"}""");
        while (!(await _channel.NextSentAsync()).Contains("\"sync\"", StringComparison.Ordinal))
        {
        }
    }

    private sealed class RecordingListener : IRequestListener
    {
        public TaskCompletionSource? Gate { get; init; }

        public List<int> Heard { get; } = [];

        public async ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message)
        {
            Heard.Add(JsonDocument.Parse(message).RootElement.GetProperty("params").GetProperty("progress").GetInt32());
            if (Gate is { } gate) await gate.Task;
        }
    }
}
