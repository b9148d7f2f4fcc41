using McpRegistry.Core.Buffers;
using McpRegistry.Core.Clients;
using McpRegistry.Core.State;
using McpRegistry.Mcp;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Mcp;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Tests.Clients;

/// <summary>Clients that do not read, in front of services that are faked.</summary>
public sealed class SlowReaderTests
{
    private const int Large = 24 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Who_reads_nothing_of_an_answer_is_cut_and_nothing_of_it_stays(bool isModern, bool isStream)
    {
        await using var host = await StartAsync();
        var ended = new TaskCompletionSource();
        host.Dispatcher.OnCall = async (call, _) =>
        {
            if (isStream) await call.Listener!.NotifiedAsync("notifications/message", Log("x"));
            ended.SetResult();
            return FakeDispatcher.Result(call, $$"""{"content":[{"type":"text","text":"{{new string('a', Large)}}"}]}""");
        };

        using var client = await CallAsync(host, isModern);

        await ended.Task.WaitAsync(Patience);
        await Eventually.TrueAsync(() => host.Get<ByteBudget>().Taken > 0, Patience, "the answer waits for its client");
        await EndsAsync(host);
        Assert.InRange((await client.ReadAsync()).Bytes, 1, Large - 1);
    }

    [Fact]
    public async Task A_slow_reader_that_does_read_gets_all_of_it()
    {
        await using var host = await StartAsync();
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(number => $"{number} line\\n "));
        host.Dispatcher.OnCall = async (call, _) =>
        {
            await call.Listener!.NotifiedAsync("notifications/message", Log("first"));
            return FakeDispatcher.Result(call, $"{{\n\"text\":\"{text}\",\r\n\"more\":[1,\n2]}}");
        };
        var session = await host.InitializeAsync();
        await host.LegacyAsync(session, "logging/setLevel", """{"level":"debug"}""");

        using var events = await SseReader.OnAsync(await host.OpenAsync("/mcp", Body("tools/call"), (McpHeaders.SessionId, session)));

        Assert.Equal("first", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("data").GetString());
        var result = (await events.NextAsync())!.Value.GetProperty("result");
        Assert.Equal(text.Replace("\\n", "\n", StringComparison.Ordinal), result.GetProperty("text").GetString());
        Assert.Equal(2, result.GetProperty("more").GetArrayLength());
        Assert.Equal(0, host.Get<ByteBudget>().Taken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_that_talks_is_never_kept_waiting_by_a_client_that_does_not_read(bool isModern)
    {
        await using var host = await StartAsync(options => options.WriteTimeout = TimeSpan.FromMinutes(10));
        var answered = new TaskCompletionSource();
        var most = 0L;
        host.Dispatcher.OnCall = async (call, _) =>
        {
            var line = Log(new string('x', 60_000));
            for (var i = 0; i < 1000; i++)
            {
                await call.Listener!.NotifiedAsync("notifications/message", line);
                await call.Listener!.NotifiedAsync("notifications/progress", Progress(i));
                most = Math.Max(most, host.Get<ByteBudget>().Taken);
            }
            answered.SetResult();
            return FakeDispatcher.Result(call, "{}");
        };

        using var client = await CallAsync(host, isModern);

        await answered.Task.WaitAsync(Patience);
        // What waits, and what is being written.
        Assert.InRange(most, 1, 3 * 1024 * 1024);
    }

    [Fact]
    public async Task A_message_that_could_never_be_sent_is_passed_over()
    {
        await using var host = await StartAsync();
        host.Dispatcher.OnCall = async (call, _) =>
        {
            await call.Listener!.NotifiedAsync("notifications/message", Log(new string('x', 2 * 1024 * 1024)));
            await call.Listener!.NotifiedAsync("notifications/message", Log("small"));
            return FakeDispatcher.Result(call, "{}");
        };
        var session = await host.InitializeAsync();
        await host.LegacyAsync(session, "logging/setLevel", """{"level":"debug"}""");

        using var events = await SseReader.OnAsync(await host.OpenAsync("/mcp", Body("tools/call"), (McpHeaders.SessionId, session)));

        Assert.Equal("small", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("data").GetString());
    }

    [Fact]
    public async Task A_stream_on_which_nothing_is_read_holds_a_mebibyte_at_most_and_is_cut()
    {
        await using var host = await StartAsync();
        var session = await host.InitializeAsync();
        using var client = await NonReader.GetAsync(host.Http.BaseAddress!, "/mcp", (McpHeaders.SessionId, session));
        var kept = host.Get<LegacySessions>().All.Single();
        await Eventually.TrueAsync(() => kept.IsBusy, Patience, "the stream is open");

        var line = Log(new string('x', 100_000));
        for (var i = 0; i < 1000; i++)
        {
            kept.Post(line);
            kept.Notify(CatalogLists.Tools);
            Assert.InRange(host.Get<ByteBudget>().Taken, 0, 3 * 1024 * 1024);
        }

        await Eventually.TrueAsync(
            () =>
            {
                // What the system itself buffers has to fill up first.
                for (var i = 0; i < 10; i++) kept.Post(line);
                return !kept.IsBusy;
            },
            Patience,
            "the stream is cut");
        await EndsAsync(host);
    }

    [Fact]
    public async Task Changes_of_lists_are_told_once_however_many_there_were_while_nobody_read()
    {
        await using var host = await StartAsync();
        var session = await host.InitializeAsync();
        var kept = host.Get<LegacySessions>().All.Single();
        for (var i = 0; i < 100_000; i++) kept.Notify(CatalogLists.Tools | CatalogLists.Prompts);
        var request = new HttpRequestMessage(HttpMethod.Get, "/mcp");
        request.Headers.Add(McpHeaders.SessionId, session);
        request.Headers.Add("Accept", "text/event-stream");
        using var events = await SseReader.OnAsync(await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));

        Assert.Equal("notifications/tools/list_changed", (await events.NextAsync())!.Value.GetProperty("method").GetString());
        Assert.Equal("notifications/prompts/list_changed", (await events.NextAsync())!.Value.GetProperty("method").GetString());
        kept.Post(Log("next"));
        Assert.Equal("notifications/message", (await events.NextAsync())!.Value.GetProperty("method").GetString());
    }

    [Fact]
    public async Task Who_has_not_read_for_a_second_is_cut_when_others_need_the_room()
    {
        await using var host = await StartAsync(options => options.WriteTimeout = TimeSpan.FromMinutes(10));
        host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, $$"""{"text":"{{new string('a', Large)}}"}"""));
        var budget = host.Get<ByteBudget>();
        using var client = await CallAsync(host, isModern: true);
        await Eventually.TrueAsync(() => budget.Taken > 0, Patience, "it waits");

        await Eventually.TrueAsync(
            () =>
            {
                Assert.False(budget.TryTake(long.MaxValue / 2));
                return budget.Taken == 0;
            },
            Patience,
            "it is cut");
    }

    private static Task<McpTestHost> StartAsync(Action<ClientOptions>? options = null) => McpTestHost.StartAsync(
        services: services => services.Configure<ClientOptions>(one =>
        {
            one.WriteTimeout = TimeSpan.FromSeconds(1);
            options?.Invoke(one);
        }));

    private static async Task<NonReader> CallAsync(McpTestHost host, bool isModern)
    {
        var gateway = host.Http.BaseAddress!;
        if (isModern)
        {
            var body = Modern.Body("tools/call", "\"name\":\"files__read\"").Replace(
                "\"_meta\":{", "\"_meta\":{\"io.modelcontextprotocol/logLevel\":\"debug\",\"progressToken\":1,", StringComparison.Ordinal);
            return await NonReader.PostAsync(gateway, "/mcp", body, [.. Modern.Headers("tools/call", "files__read")]);
        }

        var session = await host.InitializeAsync();
        await host.LegacyAsync(session, "logging/setLevel", """{"level":"debug"}""");
        return await NonReader.PostAsync(gateway, "/mcp", Body("tools/call"), (McpHeaders.SessionId, session));
    }

    private static Task<TimeSpan> EndsAsync(McpTestHost host) => Eventually.TrueAsync(
        () => host.Get<ByteBudget>().Taken == 0 && host.Get<LegacySessions>().All.All(one => !one.IsBusy), Patience, "nothing of it is left");

    private static string Body(string method) => $$$"""{"jsonrpc":"2.0","id":7,"method":"{{{method}}}","params":{"name":"files__read","_meta":{"progressToken":1} } }""";

    private static byte[] Log(string data) => System.Text.Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"{{{data}}}"} }""");

    private static byte[] Progress(int value) => System.Text.Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":{{{value}}} } }""");
}
