using System.Text;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp;

namespace McpRegistry.Tests.Mcp;

public sealed class StreamTests
{
    private const string Call = """{"name":"files__read","_meta":{"progressToken":"t-1"}}""";

    [Fact]
    public async Task Progress_turns_the_answer_into_a_stream_with_the_clients_token()
    {
        await using var host = await McpTestHost.StartAsync(options => options.ProgressInterval = TimeSpan.Zero);
        host.Dispatcher.OnCall = async (call, _) =>
        {
            await ProgressAsync(call, 1);
            await ProgressAsync(call, 3);
            await ProgressAsync(call, 2);
            await call.Listener!.NotifiedAsync("notifications/message", Bytes("""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":1}}"""));
            return FakeDispatcher.Result(call, "{\n\"content\":[]\n}");
        };
        var session = await host.InitializeAsync();
        using var events = await OpenAsync(host, session, Call);
        Assert.Equal(["t-1:1", "t-1:3"], [await ProgressAsync(events), await ProgressAsync(events)]);
        var last = await events.NextAsync();
        Assert.Equal(7, last!.Value.GetProperty("id").GetInt32());
        Assert.Equal(0, last.Value.GetProperty("result").GetProperty("content").GetArrayLength());
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task Ten_progress_messages_go_at_once_then_a_flood_is_thinned_to_the_newest()
    {
        await using var host = await McpTestHost.StartAsync(options => options.ProgressInterval = TimeSpan.FromMinutes(1));
        host.Dispatcher.OnCall = async (call, _) =>
        {
            for (var i = 1; i <= 100; i++) await ProgressAsync(call, i);
            return FakeDispatcher.Result(call, "{}");
        };
        var session = await host.InitializeAsync();
        using var events = await OpenAsync(host, session, Call);
        foreach (var expected in Enumerable.Range(1, 10).Append(100)) Assert.Equal($"t-1:{expected}", await ProgressAsync(events));
        Assert.True((await events.NextAsync())!.Value.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Without_notifications_the_answer_is_json_even_when_progress_was_asked_for()
    {
        await using var host = await McpTestHost.StartAsync();
        var session = await host.InitializeAsync();
        var reply = await host.LegacyAsync(session, "tools/call", Call);
        Assert.Equal("application/json", reply.Type);
    }

    [Fact]
    public async Task A_notification_after_the_answer_goes_nowhere()
    {
        await using var host = await McpTestHost.StartAsync();
        IRequestListener? late = null;
        host.Dispatcher.OnCall = (call, _) =>
        {
            late = call.Listener;
            return ValueTask.FromResult(FakeDispatcher.Result(call, "{}"));
        };
        var session = await host.InitializeAsync();
        await host.LegacyAsync(session, "tools/call", Call);
        await late!.NotifiedAsync("notifications/progress", Bytes("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}"""));
    }

    [Fact]
    public async Task Log_messages_reach_a_modern_client_from_the_level_it_named()
    {
        await using var host = await McpTestHost.StartAsync();
        host.Dispatcher.OnCall = async (call, _) =>
        {
            foreach (var level in (string[])["info", "error"])
                await call.Listener!.NotifiedAsync("notifications/message", Bytes($$"""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"{{level}}","data":1} }"""));
            return FakeDispatcher.Result(call, "{}");
        };
        var body = Modern.Body("tools/call", "\"name\":\"files__read\"").Replace("\"_meta\":{", "\"_meta\":{\"io.modelcontextprotocol/logLevel\":\"warning\",", StringComparison.Ordinal);
        using var events = await SseReader.OnAsync(await host.OpenAsync("/mcp", body, [.. Modern.Headers("tools/call", "files__read")]));
        Assert.Equal("error", (await events.NextAsync())!.Value.GetProperty("params").GetProperty("level").GetString());
        Assert.True((await events.NextAsync())!.Value.TryGetProperty("result", out _));
        var bad = await host.SendAsync("/mcp", body.Replace("\"warning\"", "\"loud\"", StringComparison.Ordinal), [.. Modern.Headers("tools/call", "files__read")]);
        Assert.Equal(-32602, bad.ErrorCode);
    }

    [Fact]
    public async Task An_open_stream_gives_signs_of_life()
    {
        await using var host = await McpTestHost.StartAsync(options => options.KeepAlive = TimeSpan.FromMilliseconds(20));
        var release = new TaskCompletionSource();
        host.Dispatcher.OnCall = async (call, _) =>
        {
            await ProgressAsync(call, 1);
            await release.Task.WaitAsync(McpTestHost.Timeout, CancellationToken.None);
            return FakeDispatcher.Result(call, "{}");
        };
        var session = await host.InitializeAsync();
        using var events = await OpenAsync(host, session, Call);
        Assert.NotNull(await events.NextAsync());
        Assert.Equal(":", await events.NextLineAsync());
        release.SetResult();
        Assert.NotNull(await events.NextAsync());
    }

    private static async Task<SseReader> OpenAsync(McpTestHost host, string session, string parameters) => await SseReader.OnAsync(
        await host.OpenAsync("/mcp", $$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{parameters}}}""", (McpHeaders.SessionId, session)));

    private static ValueTask ProgressAsync(UpstreamCall call, int value) => call.Listener!.NotifiedAsync(
        "notifications/progress", Bytes($$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":99,"progress":{{value}},"total":100} }"""));

    private static async Task<string> ProgressAsync(SseReader events)
    {
        var parameters = (await events.NextAsync())!.Value.GetProperty("params");
        Assert.Equal(100, parameters.GetProperty("total").GetInt32());
        return $"{parameters.GetProperty("progressToken").GetString()}:{parameters.GetProperty("progress")}";
    }

    private static ReadOnlyMemory<byte> Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
