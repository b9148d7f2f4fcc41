using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.Samples;

public sealed class SampleServerFaultTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System).Token;

    public static TheoryData<string> BothEras => [SampleServerClient.Legacy, SampleServerClient.Modern];

    [Fact]
    public async Task A_crash_is_on_record_and_ends_the_process_without_an_answer()
    {
        using var ledger = new SampleLedger();
        await using var server = await SampleServerProcess.StartHttpAsync("--ledger", ledger.FilePath);
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, SampleServerClient.Modern, Deadline);

        await Assert.ThrowsAnyAsync<Exception>(() => CallAsync(client, "crash", new() { ["call_id"] = "last" }));

        await server.WaitForExitAsync(Deadline);
        Assert.Equal("last", Assert.Single(ledger.Executions("crash")).CallId);
    }

    [Fact]
    public async Task A_modern_execution_sees_that_its_http_client_has_gone()
    {
        using var ledger = new SampleLedger();
        await using var server = await SampleServerProcess.StartHttpAsync("--ledger", ledger.FilePath);
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, SampleServerClient.Modern, Deadline);
        using var patience = new CancellationTokenSource();

        var call = client.CallToolAsync("hang", new Dictionary<string, object?> { ["call_id"] = "h" }, cancellationToken: patience.Token).AsTask();
        await ledger.WaitForAsync(line => line.Tool == "hang", Deadline);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var cancelled = await ledger.WaitForAsync(line => line.Event == "cancelled", Deadline);
        Assert.Equal(("hang", "h"), (cancelled.Tool, cancelled.CallId));
        Assert.Equal("1", TextOf(await CallAsync(client, "cancelled_count", [])));
    }

    // By hand, because the SDK's client often drops its registration before it has sent notifications/cancelled.
    [Fact]
    public async Task A_legacy_execution_sees_the_cancelled_notification()
    {
        using var ledger = new SampleLedger();
        using var process = SampleServerProcess.Start(SampleServerProcess.StdioArguments("--ledger", ledger.FilePath));
        await process.StandardInput.WriteLineAsync(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
        await process.StandardOutput.ReadLineAsync(Deadline);
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await process.StandardInput.WriteLineAsync(
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"hang","arguments":{"call_id":"h"}}}""");
        await ledger.WaitForAsync(line => line.Tool == "hang", Deadline);
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}""");

        Assert.Equal("h", (await ledger.WaitForAsync(line => line.Event == "cancelled", Deadline)).CallId);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Deadline);
    }

    [Theory]
    [MemberData(nameof(BothEras))]
    public async Task Progress_arrives_and_a_cut_connection_gives_no_answer(string version)
    {
        await using var server = await SampleServerProcess.StartHttpAsync();
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, version, Deadline);
        var heard = Channel.CreateUnbounded<float>();
        await using var registration = client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (notification, _) =>
            heard.Writer.WriteAsync(notification.Params!["progress"]!.GetValue<float>(), Deadline));

        var done = await CallWithProgressAsync("progress", new() { ["steps"] = 3 }, Deadline);
        Assert.Equal("3 steps", TextOf(done));
        Assert.Equal("1 2 3", await NextAsync(3));

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        await Assert.ThrowsAnyAsync<Exception>(() => CallWithProgressAsync("cut", new() { ["after"] = 2 }, patience.Token));
        Assert.Equal("1 2", await NextAsync(2));

        Task<CallToolResult> CallWithProgressAsync(string tool, Dictionary<string, object?> arguments, CancellationToken cancellationToken) =>
            client.CallToolAsync(tool, arguments, new Progress<ProgressNotificationValue>(), cancellationToken: cancellationToken).AsTask();

        // The SDK's client runs its handlers side by side, so the order of arrival is not that of the wire.
        async Task<string> NextAsync(int count)
        {
            var values = new List<float>();
            while (values.Count < count)
                values.Add(await heard.Reader.ReadAsync(Deadline));
            return string.Join(' ', values.Order());
        }
    }

    [Fact]
    public async Task The_errors_are_of_the_kind_they_are_named_after()
    {
        await using var client = await SampleServerClient.ConnectAsync(SampleServerProcess.StdioArguments(), SampleServerClient.Modern, Deadline);

        var failed = await CallAsync(client, "fail", new() { ["message"] = "no luck" });
        Assert.True(failed.IsError);
        Assert.Equal("no luck", TextOf(failed));
        var refused = await Assert.ThrowsAsync<McpProtocolException>(() => CallAsync(client, "protocol_error", []));
        Assert.Equal(McpErrorCode.InternalError, refused.ErrorCode);
        Assert.Equal(70_000, TextOf(await CallAsync(client, "big", new() { ["bytes"] = 70_000 })).Length);
    }

    [Fact]
    public async Task Changed_tools_are_announced_to_a_session()
    {
        await using var server = await SampleServerProcess.StartHttpAsync();
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, SampleServerClient.Legacy, Deadline);
        var announced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = client.RegisterNotificationHandler(
            NotificationMethods.ToolListChangedNotification, (_, _) => { announced.TrySetResult(); return default; });

        Assert.Equal("added", TextOf(await CallAsync(client, "change_tools", [])));
        await announced.Task.WaitAsync(Deadline);
        Assert.Contains(await client.ListToolsAsync(cancellationToken: Deadline), tool => tool.Name == "extra");

        Assert.Equal("removed", TextOf(await CallAsync(client, "change_tools", [])));
        Assert.DoesNotContain(await client.ListToolsAsync(cancellationToken: Deadline), tool => tool.Name == "extra");
    }

    [Fact]
    public async Task Several_servers_share_one_ledger_without_losing_a_line()
    {
        const int CallsEach = 100;
        using var ledger = new SampleLedger();
        await using var one = await SampleServerProcess.StartHttpAsync("--name", "one", "--ledger", ledger.FilePath);
        await using var two = await SampleServerProcess.StartHttpAsync("--name", "two", "--ledger", ledger.FilePath);
        await using var toOne = await SampleServerClient.ConnectAsync(one.Endpoint, SampleServerClient.Modern, Deadline);
        await using var toTwo = await SampleServerClient.ConnectAsync(two.Endpoint, SampleServerClient.Modern, Deadline);

        await Task.WhenAll(Enumerable.Range(0, 2 * CallsEach).Select(
            index => CallAsync(index % 2 == 0 ? toOne : toTwo, "add_row", new() { ["call_id"] = $"{index}" })));

        var rows = ledger.Executions("add_row");
        Assert.Equal(2 * CallsEach, rows.Select(row => row.CallId).Distinct().Count());
        Assert.Equal(CallsEach, rows.Count(row => row.Instance == "two"));
    }

    private static Task<CallToolResult> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments) =>
        client.CallToolAsync(tool, arguments, cancellationToken: Deadline).AsTask();

    private static string TextOf(CallToolResult result) => ((TextContentBlock)result.Content[0]).Text;
}
