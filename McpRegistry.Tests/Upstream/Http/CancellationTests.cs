using McpRegistry.Core.Upstream;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class CancellationTests
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_modern_call_is_cancelled_by_closing_the_response(bool streams)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, _) => HangAsync(context, streams));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        using var caller = new CancellationTokenSource();
        var call = upstream.CallAsync(cancellationToken: caller.Token);
        await _arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await caller.CancelAsync();

        using var reply = await call;
        Assert.Equal((UpstreamOutcome.Cancelled, true), (reply.Outcome, reply.WasSent));
        await _aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, server.Count("notifications/cancelled"));
    }

    [Fact]
    public async Task A_modern_call_cancelled_while_its_listener_works_closes_the_response_too()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, async (context, _) =>
        {
            context.RequestAborted.Register(_aborted.SetResult);
            await ScriptedServer.EventStreamAsync(context);
            await ScriptedServer.WriteAsync(context, "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n");
            await _aborted.Task;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        using var caller = new CancellationTokenSource();

        using var reply = await upstream.CallAsync(listener: new CancellingListener(caller), cancellationToken: caller.Token);

        Assert.Equal((UpstreamOutcome.Cancelled, true), (reply.Outcome, reply.WasSent));
        await _aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_legacy_server_is_told_which_request_is_cancelled()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
        {
            if (request.HttpMethod == "POST") return HangAsync(context, streams: true);
            context.Response.StatusCode = 405;
            return Task.CompletedTask;
        });
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);
        using var caller = new CancellationTokenSource();
        var call = upstream.CallAsync(cancellationToken: caller.Token);
        await _arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await caller.CancelAsync();

        using var reply = await call;
        Assert.Equal((UpstreamOutcome.Cancelled, true), (reply.Outcome, reply.WasSent));
        var told = await server.WaitForAsync(request => request.Method == "notifications/cancelled");
        Assert.Equal(server.Only("tools/call").Id, told.Json.GetProperty("params").GetProperty("requestId").GetRawText());
        Assert.Equal("session-1", told.Header("Mcp-Session-Id"));
    }

    [Fact]
    public async Task A_call_cancelled_beforehand_sends_nothing()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync(cancellationToken: new CancellationToken(canceled: true));

        Assert.Equal((UpstreamOutcome.Cancelled, false), (reply.Outcome, reply.WasSent));
        Assert.Equal(0, server.Count("tools/call"));
    }

    private async Task HangAsync(HttpContext context, bool streams)
    {
        context.RequestAborted.Register(() => _aborted.TrySetResult());
        if (streams) await ScriptedServer.EventStreamAsync(context);
        _arrived.TrySetResult();
        await _aborted.Task;
    }

    private sealed class CancellingListener(CancellationTokenSource caller) : IRequestListener
    {
        public async ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message) => await caller.CancelAsync();
    }
}
