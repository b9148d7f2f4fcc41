using System.Collections.Immutable;
using System.Diagnostics;

using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Acceptance.Harness;

namespace McpRegistry.Tests.Upstream.Stdio;

// The files that this process has open are counted here.
[Collection(AcceptanceRun.Collection)]
public sealed class ChildProcessTests : IAsyncDisposable
{
    private const string Secret = "GATEWAY_TEST_SECRET";
    private readonly StdioHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task A_child_sees_what_is_declared_and_nothing_else_of_the_gateway()
    {
        Environment.SetEnvironmentVariable(Secret, "canary");
        Environment.SetEnvironmentVariable(Secret + "_SHARED", "wanted");
        var client = await _harness.ConnectAsync(ShellServer.Registration(("DECLARED", "plain"), ("REFERRED", $"env:{Secret}_SHARED")));

        (await StdioHarness.SendAsync(client, "test/env")).Dispose();
        await StdioHarness.UntilAsync(() => client.ReadStderr().Contains("end of env", StringComparison.Ordinal), "its environment");

        var environment = client.ReadStderr();
        Assert.DoesNotContain("canary", environment, StringComparison.Ordinal);
        Assert.Contains("DECLARED=plain", environment, StringComparison.Ordinal);
        Assert.Contains("REFERRED=wanted", environment, StringComparison.Ordinal);
        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.Contains($"{ChildEnvironment.OwnerVariable}={_harness.Watchdog.Owner}", environment, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_polite_child_ends_by_closing_its_stdin_and_leaves_no_zombie()
    {
        _harness.Options.CloseGrace = TimeSpan.FromSeconds(20);
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        var process = client.ProcessId!.Value;
        var watch = Stopwatch.StartNew();

        await client.DisposeAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.False(Processes.Exists(process));
        Assert.Equal("stopped", client.StateText);
    }

    [LinuxFact]
    public async Task A_stubborn_child_is_killed_with_its_whole_group()
    {
        _harness.Options.CloseGrace = TimeSpan.FromMilliseconds(200);
        _harness.Options.TerminateGrace = TimeSpan.FromMilliseconds(200);
        var client = await _harness.ConnectAsync(ShellServer.Registration(("ON_EOF", "stay")));
        Assert.NotEmpty(Processes.Marked(_harness.Watchdog.Owner));

        await client.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        await StdioHarness.UntilAsync(() => Processes.Marked(_harness.Watchdog.Owner).Length == 0, "nothing is left");
    }

    [LinuxFact]
    public async Task The_number_of_a_group_that_is_gone_is_never_signalled_again()
    {
        var none = ImmutableDictionary<string, string>.Empty;
        using var alone = ChildProcess.Start(new LaunchCommand("/bin/sh", ["-c", "exit 0"], "/", none));
        using var withOthers = ChildProcess.Start(new LaunchCommand("/bin/sh", ["-c", "sleep 600 >/dev/null 2>&1 & exit 0"], "/", none));

        await Task.WhenAll(alone.Exited, withOthers.Exited);
        Assert.Equal((true, false), (alone.IsGroupGone, withOthers.IsGroupGone));
        await withOthers.KillAsync();

        await StdioHarness.UntilAsync(
            () =>
            {
                // Looks again.
                _ = withOthers.KillAsync();
                return withOthers.IsGroupGone;
            },
            "the rest of the group is gone");
    }

    [LinuxFact]
    public async Task What_fled_from_the_group_ends_with_the_gateway()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        (await StdioHarness.SendAsync(client, "test/grandchild")).Dispose();
        await client.DisposeAsync();
        Assert.NotEmpty(Processes.Marked(_harness.Watchdog.Owner));

        await _harness.Watchdog.DisposeAsync();

        await StdioHarness.UntilAsync(() => Processes.Marked(_harness.Watchdog.Owner).Length == 0, "the grandchild is gone");
        Assert.Null(_harness.Watchdog.ProcessId);
    }

    [LinuxFact]
    public async Task Starting_and_stopping_leaks_no_file()
    {
        for (var i = 0; i < 3; i++) await StartAndStopAsync();
        var before = Directory.GetFiles("/proc/self/fd").Length;

        for (var i = 0; i < 20; i++) await StartAndStopAsync();

        // Pools and timers of earlier tests may still come and go; a leak would be three files a round.
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 40);
    }

    private async Task StartAndStopAsync()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        await client.DisposeAsync();
    }
}
