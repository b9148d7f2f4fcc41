using System.Diagnostics;

namespace McpRegistry.Tests.Samples;

public sealed class SampleServerProcessTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System).Token;

    [Theory]
    [InlineData("Unknown option '--colour'", "--stdio", "--colour")]
    [InlineData("Exactly one of", "--era", "both")]
    [InlineData("Exactly one of", "--stdio", "--http", "0")]
    [InlineData("--http needs a whole number", "--http", "any")]
    [InlineData("--era is legacy, modern or both", "--stdio", "--era", "future")]
    [InlineData("--ledger needs a value", "--stdio", "--ledger")]
    public async Task A_wrong_command_line_is_refused_with_the_reason(string reason, params string[] options)
    {
        using var process = SampleServerProcess.Start(SampleServerProcess.Arguments(options));
        var error = await process.StandardError.ReadToEndAsync(Deadline);
        await process.WaitForExitAsync(Deadline);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_stdin_ends_it_and_is_on_record()
    {
        using var ledger = new SampleLedger();
        using var process = SampleServerProcess.Start(SampleServerProcess.StdioArguments("--ledger", ledger.FilePath));
        process.StandardInput.Close();
        await process.WaitForExitAsync(Deadline);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(["start", "eof"], ledger.Lines().Select(line => line.Event));
    }

    [Fact]
    public async Task A_stubborn_child_survives_the_end_of_its_stdin_and_a_polite_request()
    {
        using var ledger = new SampleLedger();
        using var process = SampleServerProcess.Start(
            SampleServerProcess.StdioArguments("--ledger", ledger.FilePath, "--ignore-eof", "--ignore-term"));
        process.StandardInput.Close();
        await ledger.WaitForAsync(line => line.Event == "eof", Deadline);
        using var term = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await term.WaitForExitAsync(Deadline);

        Assert.False(process.WaitForExit(TimeSpan.FromMilliseconds(300)));
        process.Kill();
        await process.WaitForExitAsync(Deadline);
    }

    [Fact]
    public async Task A_stubborn_http_server_survives_a_polite_request_and_a_normal_one_does_not()
    {
        await using var stubborn = await SampleServerProcess.StartHttpAsync("--ignore-term");
        await using var normal = await SampleServerProcess.StartHttpAsync();
        stubborn.Terminate();
        normal.Terminate();

        await normal.WaitForExitAsync(Deadline);
        Assert.False(stubborn.HasExited);
        await using var client = await SampleServerClient.ConnectAsync(stubborn.Endpoint, version: null, Deadline);
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: Deadline));
    }

    [Fact]
    public async Task A_crash_loop_exits_with_code_3_after_its_time()
    {
        using var process = SampleServerProcess.Start(SampleServerProcess.StdioArguments("--exit-after", "50"));
        await process.WaitForExitAsync(Deadline);

        Assert.Equal(3, process.ExitCode);
    }

    [Fact]
    public async Task Junk_comes_before_the_protocol_and_does_not_stop_a_client()
    {
        await using var client = await SampleServerClient.ConnectAsync(
            SampleServerProcess.StdioArguments("--junk", "2"), SampleServerClient.Modern, Deadline);
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: Deadline));

        using var process = SampleServerProcess.Start(SampleServerProcess.StdioArguments("--junk", "2"));
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync(Deadline);
        Assert.Equal(2, said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_frozen_server_answers_when_it_goes_on()
    {
        await using var server = await SampleServerProcess.StartHttpAsync();
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, SampleServerClient.Modern, Deadline);

        server.Stop();
        var call = client.CallToolAsync("whoami", cancellationToken: Deadline).AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(TimeSpan.FromMilliseconds(300), TimeProvider.System));
        server.Continue();

        Assert.Null((await call).IsError);
    }
}
