using System.Diagnostics;
using System.Text;

using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Acceptance.Harness;

namespace McpRegistry.Tests.Upstream.Stdio;

// What is measured here, time and the memory of the whole process, is not others' to spend.
[Collection(AcceptanceRun.Collection)]
public sealed class StdioFaultTests : IAsyncDisposable
{
    private readonly StdioHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [LinuxFact]
    public async Task A_child_killed_while_idle_is_back_within_a_second_and_a_half_and_leaves_no_zombie()
    {
        _harness.Options.SteadyAfter = TimeSpan.Zero;
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        await _harness.Observer.NextConnectionAsync();
        var killed = client.ProcessId!.Value;
        var watch = Stopwatch.StartNew();

        Processes.Kill(killed);
        Assert.Equal("killed by signal 9", await _harness.Observer.NextDisconnectAsync());
        using var reply = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        Assert.Equal(1, client.Restarts);
        Assert.False(Processes.Exists(killed));
    }

    /// <summary>For a moment its end is known to the conversation and not yet to whoever starts the next child.</summary>
    [LinuxFact]
    public async Task A_call_that_comes_right_after_the_end_of_a_lone_child_waits_for_the_next_one()
    {
        _harness.Options.SteadyAfter = TimeSpan.Zero;
        var client = await _harness.ConnectAsync(ShellServer.Registration());

        for (var time = 1; time <= 3; time++)
        {
            using var lost = await StdioHarness.SendAsync(client, "test/close");
            using var reply = await StdioHarness.SendAsync(client, "test/anything");

            Assert.Equal((UpstreamOutcome.SentButNoAnswer, UpstreamOutcome.Answered), (lost.Outcome, reply.Outcome));
            Assert.Equal(time, client.Restarts);
        }
    }

    [Fact]
    public async Task Calls_in_flight_fail_at_once_when_the_child_dies()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        var inFlight = Enumerable.Range(0, 10).Select(_ => StdioHarness.SendAsync(client, "test/hang")).ToArray();
        await StdioHarness.UntilAsync(() => StdioHandshakeTests.Count(client.ReadStderr(), "got test/hang") == 10, "all calls arrived");
        var watch = Stopwatch.StartNew();

        Processes.Kill(client.ProcessId!.Value);
        var replies = await Task.WhenAll(inFlight);

        // 100 ms on a quiet machine; the bound leaves room for a busy one.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
        Assert.All(replies, reply => Assert.Equal((UpstreamOutcome.SentButNoAnswer, true), (reply.Outcome, reply.WasSent)));
    }

    [Fact]
    public async Task A_crashing_child_ends_in_a_crash_loop_with_a_reason()
    {
        _harness.Options.RestartDelay = TimeSpan.FromMilliseconds(5);
        _harness.Options.RestartWait = TimeSpan.Zero;
        var client = _harness.Create(StdioHarness.Command("sh", "-c", "exit 3"));

        var first = await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));
        var reasons = new List<string>();
        for (var i = 0; i < 5; i++) reasons.Add(await _harness.Observer.NextDisconnectAsync());
        var inTheLoop = await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));
        using var reply = await StdioHarness.SendAsync(client, "tools/call");

        Assert.Equal("exited with code 3", first.Message);
        Assert.Equal("exited with code 3", reasons[0]);
        Assert.Equal("crash loop: exited with code 3", reasons[4]);
        Assert.Equal("crash loop: exited with code 3", inTheLoop.Message);
        Assert.Equal((UpstreamOutcome.ConnectFailed, "crash loop: exited with code 3"), (reply.Outcome, reply.Detail));
        Assert.Equal(4, client.Restarts);
    }

    [Fact]
    public async Task An_endless_line_restarts_the_child_and_takes_no_more_memory_than_the_limit()
    {
        _harness.Limits.MaxResponseBytes = 1024 * 1024;
        _harness.Options.RestartDelay = TimeSpan.FromMilliseconds(5);
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        var before = GC.GetTotalAllocatedBytes();

        using var tooLarge = await StdioHarness.SendAsync(client, "test/flood");
        var allocated = GC.GetTotalAllocatedBytes() - before;
        Assert.Equal("a message was larger than 1048576 bytes", await _harness.Observer.NextDisconnectAsync());
        using var reply = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal(UpstreamOutcome.ResponseTooLarge, tooLarge.Outcome);
        Assert.InRange(allocated, 0, 16 * 1024 * 1024);
        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal(1, client.Restarts);
    }

    [Fact]
    public async Task A_server_that_logs_to_stdout_loses_no_call_however_many_lines_it_writes()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());

        for (var i = 0; i < 3; i++)
        {
            using var reply = await StdioHarness.SendAsync(client, "test/junk");
            Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        }

        Assert.Equal((450, 0), (client.PassedOver, client.Restarts));
    }

    [Fact]
    public async Task A_flood_of_what_is_no_JSON_RPC_restarts_the_child_and_says_so()
    {
        _harness.Options.RestartDelay = TimeSpan.FromMilliseconds(5);
        _harness.Options.JunkBytesPerSecond = 64 * 1024;
        var client = await _harness.ConnectAsync(ShellServer.Registration());

        using var lost = await StdioHarness.SendAsync(client, "test/spill");
        Assert.Equal("it wrote more than 65536 bytes a second for 10 s that are no JSON-RPC", await _harness.Observer.NextDisconnectAsync());
        using var reply = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal((UpstreamOutcome.SentButNoAnswer, UpstreamOutcome.Answered), (lost.Outcome, reply.Outcome));
    }

    [Theory]
    [InlineData("test/huge")]
    [InlineData("test/huge-id-last")]
    public async Task An_answer_that_is_too_large_fails_its_own_call_and_no_other(string method)
    {
        _harness.Limits.MaxResponseBytes = 1024 * 1024;
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        using var giveUp = new CancellationTokenSource();
        var other = StdioHarness.SendAsync(client, "test/hang", "{}", null, giveUp.Token);

        using var tooLarge = await StdioHarness.SendAsync(client, method);
        using var next = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal((UpstreamOutcome.ResponseTooLarge, true), (tooLarge.Outcome, tooLarge.WasSent));
        Assert.Equal(UpstreamOutcome.Answered, next.Outcome);
        Assert.Equal((false, 0, 0), (other.IsCompleted, client.Restarts, client.PassedOver));
        await giveUp.CancelAsync();
        await other;
    }

    [Fact]
    public async Task A_log_message_that_is_too_large_fails_no_call()
    {
        _harness.Limits.MaxResponseBytes = 1024 * 1024;
        var client = await _harness.ConnectAsync(ShellServer.Registration());

        using var reply = await StdioHarness.SendAsync(client, "test/huge-log");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal(0, client.Restarts);
    }

    [Fact]
    public async Task A_byte_order_mark_and_empty_lines_of_any_kind_are_passed_over()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration(("WITH_BOM", "1")));

        using var odd = await StdioHarness.SendAsync(client, "test/odd");
        using var next = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal("""{"odd":true}""", Encoding.UTF8.GetString(odd.Result.Span));
        Assert.Equal((UpstreamOutcome.Answered, 0L), (next.Outcome, client.PassedOver));
    }

    [Fact]
    public async Task A_server_that_writes_UTF_16_is_told_so()
    {
        var registration = StdioHarness.Command("sh", "-c", @"printf '\377\376{\000}\000\n\000'; exec sleep 600");
        registration = registration with { Config = registration.Config with { Timeouts = new() { Startup = TimeSpan.FromSeconds(2) } } };
        var client = _harness.Create(registration);

        var refusal = await Assert.ThrowsAsync<UpstreamException>(() => client.ConnectAsync(default));

        Assert.Equal("no handshake within 2 s; what it writes is UTF-16, and MCP is UTF-8", refusal.Message);
    }

    [LinuxFact]
    public async Task A_lone_child_that_was_killed_five_times_in_a_row_is_started_for_the_call_that_comes()
    {
        var client = await KilledFiveTimesAsync();

        using var reply = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal((UpstreamOutcome.Answered, 5), (reply.Outcome, client.Restarts));
    }

    [LinuxFact]
    public async Task A_child_that_was_killed_five_times_in_a_row_is_back_when_somebody_says_that_he_waits()
    {
        var client = await KilledFiveTimesAsync();

        client.Hurry();

        await _harness.Observer.NextConnectionAsync();
        Assert.Equal(5, client.Restarts);
    }

    [Fact]
    public async Task A_call_that_comes_before_the_child_has_started_waits_for_it()
    {
        _harness.Options.RestartWait = TimeSpan.Zero;
        var client = _harness.Create(ShellServer.Registration(("START_DELAY", "2")));

        using var reply = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
    }

    [Fact]
    public async Task A_child_that_closes_its_output_is_replaced()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());

        using var lost = await StdioHarness.SendAsync(client, "test/close");
        await _harness.Observer.NextDisconnectAsync();
        using var reply = await StdioHarness.SendAsync(client, "test/anything");

        Assert.Equal(UpstreamOutcome.SentButNoAnswer, lost.Outcome);
        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
    }

    [Fact]
    public async Task A_child_that_stops_reading_overloads_its_own_queue_and_blocks_no_thread()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        using var giveUp = new CancellationTokenSource();
        var stalled = StdioHarness.SendAsync(client, "test/stall", "{}", null, giveUp.Token);
        await StdioHarness.UntilAsync(() => client.ReadStderr().Contains("got test/stall", StringComparison.Ordinal), "it stalls");
        var arguments = $$"""{"name":"x","arguments":["{{new string('x', 64 * 1024)}}"]}""";

        var calls = Enumerable.Range(0, 1000).Select(_ => StdioHarness.SendAsync(client, "tools/call", arguments, null, giveUp.Token)).ToArray();
        await StdioHarness.UntilAsync(() => calls.Count(call => call.IsCompleted) >= 900, "the rest is refused");
        await StdioHarness.UntilAsync(() => ThreadPool.PendingWorkItemCount < 10, "no thread is blocked");
        await giveUp.CancelAsync();
        var outcomes = (await Task.WhenAll(calls)).GroupBy(reply => reply.Outcome).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(UpstreamOutcome.Cancelled, (await stalled).Outcome);
        Assert.Equal([UpstreamOutcome.Overloaded, UpstreamOutcome.Cancelled], outcomes.Keys.OrderBy(outcome => outcome));
        Assert.InRange(outcomes[UpstreamOutcome.Cancelled], 1, 70);
    }

    [Fact]
    public async Task A_cancelled_call_tells_the_child_within_a_second()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        using var giveUp = new CancellationTokenSource();
        var call = StdioHarness.SendAsync(client, "test/hang", "{}", null, giveUp.Token);
        await StdioHarness.UntilAsync(() => client.ReadStderr().Contains("got test/hang", StringComparison.Ordinal), "the call arrived");
        var watch = Stopwatch.StartNew();

        await giveUp.CancelAsync();
        using var reply = await call;
        await StdioHarness.UntilAsync(() => client.ReadStderr().Contains("got notifications/cancelled", StringComparison.Ordinal), "the child heard of it");

        Assert.Equal((UpstreamOutcome.Cancelled, true), (reply.Outcome, reply.WasSent));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_pretty_printed_request_stays_one_line()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());

        using var reply = await StdioHarness.SendAsync(client, "tools/call", "{\r\n  \"name\": \"x\",\r\n  \"arguments\": {\r\n    \"a\": 1\r\n  }\r\n}");

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal(1, StdioHandshakeTests.Count(client.ReadStderr(), "got tools/call"));
        Assert.DoesNotContain("got  ", client.ReadStderr(), StringComparison.Ordinal);
    }

    private async Task<StdioInstanceClient> KilledFiveTimesAsync()
    {
        _harness.Options.RestartDelay = TimeSpan.FromMilliseconds(5);
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        for (var i = 0; i < 5; i++)
        {
            await _harness.Observer.NextConnectionAsync();
            Processes.Kill(client.ProcessId!.Value);
            await _harness.Observer.NextDisconnectAsync();
        }

        Assert.Equal("crash loop: killed by signal 9", client.StateText);
        Assert.True(client.ConnectsForCalls);
        return client;
    }
}
