using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>Against the SDK's own server in a process of its own.</summary>
public sealed class SampleServerTests
{
    [Theory]
    [InlineData("legacy", ProtocolEra.Legacy, "2025-11-25", true)]
    [InlineData("modern", ProtocolEra.Modern, "2026-07-28", false)]
    [InlineData("both", ProtocolEra.Modern, "2026-07-28", false)]
    public async Task The_SDK_server_is_spoken_to_in_its_era(string era, ProtocolEra expected, string revision, bool isStateful)
    {
        await using var server = await SampleServerProcess.StartHttpAsync("--era", era);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Endpoint);

        var connection = upstream.Client.Connection!;
        Assert.Equal((expected, revision, isStateful), (connection.Era, connection.ProtocolVersion, connection.IsStateful));
        using var list = await upstream.SendAsync("tools/list");
        Assert.Contains("\"echo\"", list.ResultText(), StringComparison.Ordinal);
        var listener = new RecordingListener();
        using var progress = await upstream.CallAsync("progress", "{\"steps\":5}", listener);
        Assert.Equal(UpstreamOutcome.Answered, progress.Outcome);
        Assert.Equal(5, listener.Heard.Count(message => message.Contains("notifications/progress", StringComparison.Ordinal)));
        using var unknown = await upstream.SendAsync("no/such/method");
        Assert.True(unknown.IsError);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task A_change_of_its_tools_is_heard(string era)
    {
        await using var server = await SampleServerProcess.StartHttpAsync("--era", era);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Endpoint);

        // The stream may not be open yet when the first change happens.
        var heard = upstream.Observer.NextNotificationAsync();
        while (!heard.IsCompleted)
        {
            (await upstream.CallAsync("change_tools")).Dispose();
            await Task.WhenAny(heard, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));
        }

        Assert.Contains("list_changed", await heard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task A_cancellation_reaches_the_tool(string era)
    {
        using var ledger = new SampleLedger();
        await using var server = await SampleServerProcess.StartHttpAsync("--era", era, "--ledger", ledger.FilePath);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Endpoint);
        using var caller = new CancellationTokenSource();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        var call = upstream.CallAsync("hang", "{\"call_id\":\"c1\"}", cancellationToken: caller.Token);
        await ledger.WaitForAsync(line => line.Tool == "hang", patience.Token);

        await caller.CancelAsync();

        using var reply = await call;
        Assert.Equal((UpstreamOutcome.Cancelled, true), (reply.Outcome, reply.WasSent));
        await ledger.WaitForAsync(line => line.Event == "cancelled", patience.Token);
    }

    [Fact]
    public async Task A_restarted_server_gets_a_new_session_and_the_call_is_executed_once()
    {
        using var ledger = new SampleLedger();
        var port = FreePort.Find();
        var first = await SampleServerProcess.StartHttpOnPortAsync(port, "--era", "legacy");
        await using var upstream = await UpstreamUnderTest.ConnectAsync(first.Endpoint);
        await first.DisposeAsync();
        await using var second = await SampleServerProcess.StartHttpOnPortAsync(port, "--era", "legacy", "--ledger", ledger.FilePath);

        using var stale = await upstream.CallAsync("whoami");
        using var reply = await upstream.CallAsync("add_row", "{\"call_id\":\"r1\",\"value\":\"x\"}");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Single(ledger.Executions("add_row"));
    }

    [Fact]
    public async Task A_server_that_dies_in_a_call_leaves_open_whether_it_was_executed()
    {
        await using var server = await SampleServerProcess.StartHttpAsync("--era", "modern");
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Endpoint);

        using var reply = await upstream.CallAsync("crash");

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent));
    }

    [Fact]
    public async Task HTTP_with_SSE_is_the_last_thing_tried_and_works()
    {
        await using var server = await SampleServerProcess.StartHttpAsync("--era", "legacy", "--sse");
        await using var upstream = await UpstreamUnderTest.ConnectAsync(new Uri(server.Endpoint, "/sse"));

        Assert.Equal(ProtocolEra.Legacy, upstream.Client.Connection!.Era);
        var listener = new RecordingListener();
        using var progress = await upstream.CallAsync("progress", "{\"steps\":3}", listener);
        Assert.Equal(UpstreamOutcome.Answered, progress.Outcome);
        Assert.Equal(3, listener.Heard.Count);
        server.Kill();
        await upstream.Observer.NextDisconnectAsync();
        Assert.Null(upstream.Client.Connection);
    }
}
