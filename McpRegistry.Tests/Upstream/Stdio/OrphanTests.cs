using System.Diagnostics;

using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Samples;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Upstream.Stdio;

public sealed class OrphanTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [LinuxFact]
    public async Task Ten_seconds_after_the_gateway_was_killed_no_child_is_left_however_stubborn()
    {
        // Each child has a grandchild in a session of its own, ignores EOF and SIGTERM, and would stay for ever.
        var server = ShellServer.Registration().Config.Args[1];
        var stubborn = $"trap '' TERM HUP; setsid sh -c \"trap '' TERM; while :; do sleep 1; done\" >/dev/null 2>&1 </dev/null & ON_EOF=stay; {server}";
        using var host = StartHost("sh", "-c", stubborn);
        try
        {
            var owner = await host.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.NotNull(owner);
            await StdioHarness.UntilAsync(() => Processes.Marked(owner).Length >= 6, "all children and grandchildren are there");

            host.Kill();

            var watch = Stopwatch.StartNew();
            await StdioHarness.UntilAsync(() => Processes.Marked(owner).Length == 0, "all children are gone");
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limit);
        }
        finally
        {
            host.Kill();
        }
    }

    [LinuxFact]
    public async Task A_watchdog_that_died_is_started_again()
    {
        var watchdog = new OrphanWatchdog(NullLogger<OrphanWatchdog>.Instance);
        watchdog.EnsureStarted();
        var first = watchdog.ProcessId!.Value;
        watchdog.EnsureStarted();
        Assert.Equal(first, watchdog.ProcessId);

        Processes.Kill(first);
        await StdioHarness.UntilAsync(
            () =>
            {
                watchdog.EnsureStarted();
                return watchdog.ProcessId is { } id && id != first;
            },
            "the next child has one");

        var second = watchdog.ProcessId!.Value;
        await watchdog.DisposeAsync();
        await StdioHarness.UntilAsync(() => !Processes.Exists(second), "it ended with the gateway");
        watchdog.EnsureStarted();
        Assert.Equal(second, watchdog.ProcessId ?? second);
    }

    private static Process StartHost(params string[] child) =>
        Process.Start(new ProcessStartInfo(SampleServerProcess.Command, [Path.Combine(AppContext.BaseDirectory, "McpRegistry.Tests.StdioHost.dll"), .. child])
        {
            RedirectStandardOutput = true,
        })!;
}
