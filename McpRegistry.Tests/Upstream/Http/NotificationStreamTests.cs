using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class NotificationStreamTests
{
    private const string ListChanged = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";

    [Fact]
    public async Task A_legacy_server_is_heard_on_the_standalone_stream()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, async (context, request) =>
        {
            if (request.HttpMethod != "GET") return;
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: not json\n\ndata: {ListChanged}\n\n");
            await UntilAborted(context);
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal(ListChanged, await upstream.Observer.NextNotificationAsync());
        var get = await server.WaitForAsync(request => request.HttpMethod == "GET");
        Assert.Equal(("session-1", "2025-11-25", "text/event-stream"), (get.Header("Mcp-Session-Id"), get.Header("MCP-Protocol-Version"), get.Header("Accept")));
    }

    [Fact]
    public async Task A_modern_server_is_heard_on_a_subscription_to_what_it_offers()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, "{\"tools\":{\"listChanged\":true},\"prompts\":{},\"resources\":{\"listChanged\":true}}", async (context, request) =>
        {
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, $"data: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\"}}\n\ndata: {ListChanged}\n\n");
            await UntilAborted(context);
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        Assert.Equal(ListChanged, await upstream.Observer.NextNotificationAsync());
        var listen = server.Only("subscriptions/listen");
        Assert.Equal("{\"toolsListChanged\":true,\"resourcesListChanged\":true}", listen.Json.GetProperty("params").GetProperty("notifications").GetRawText());
        Assert.Equal("subscriptions/listen", listen.Header("Mcp-Method"));
    }

    [Fact]
    public async Task A_stream_that_ends_is_opened_again_later_and_later()
    {
        var time = new FakeTimeProvider();
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
            request.HttpMethod == "GET" ? ScriptedServer.EventStreamAsync(context) : Task.CompletedTask);
        await using var upstream = new UpstreamUnderTest(server.Mcp, time: time);
        await upstream.ConnectAsync();

        var seconds = 0;
        var gaps = new List<int>();
        for (var opened = 1; opened <= 5; opened++)
        {
            var count = opened;
            await server.WaitForAsync(_ => server.All.Count(request => request.HttpMethod == "GET") >= count);
            var began = seconds;
            while (server.All.Count(request => request.HttpMethod == "GET") == count && seconds - began < 100)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                seconds++;
                // The request goes over a real connection; a clock that ran ahead of it would count it as later.
                await Task.Delay(TimeSpan.FromMilliseconds(40), TimeProvider.System);
            }

            gaps.Add(seconds - began);
        }

        Assert.True(gaps[^1] > gaps[0] + 5, string.Join(' ', gaps));
        Assert.DoesNotContain(0, gaps);
    }

    [Theory]
    [InlineData(405)]
    [InlineData(404)]
    [InlineData(400)]
    public async Task A_server_that_does_not_offer_it_is_asked_once(int status)
    {
        var time = new FakeTimeProvider();
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var upstream = new UpstreamUnderTest(server.Mcp, time: time);
        await upstream.ConnectAsync();
        await server.WaitForAsync(request => request.HttpMethod == "GET");

        for (var i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        await upstream.DisposeAsync();
        Assert.Single(server.All, request => request.HttpMethod == "GET");
    }

    [Fact]
    public async Task Disposing_ends_the_stream()
    {
        var ended = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, async (context, request) =>
        {
            if (request.HttpMethod != "GET") return;
            await ScriptedServer.EventStreamAsync(context);
            await UntilAborted(context);
            ended.TrySetResult();
        });
        var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        await server.WaitForAsync(request => request.HttpMethod == "GET");

        await upstream.DisposeAsync();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static Task UntilAborted(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        context.RequestAborted.Register(() => aborted.TrySetResult());
        return aborted.Task;
    }
}
