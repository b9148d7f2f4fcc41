using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Core.Upstream.Stdio.Confinement;
using McpRegistry.Tests.Upstream.Stdio;

namespace McpRegistry.Tests.Confinement;

/// <summary>What children may not gain and not use up.</summary>
public sealed partial class ChildLimitsTests : IAsyncDisposable
{
    private readonly StdioHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [LinuxFact]
    public async Task A_child_gains_no_privileges_and_has_the_limits_of_the_settings()
    {
        _harness.Options.MaxOpenFiles = 1234;
        _harness.Options.MaxProcesses = 4321;

        var standing = await StandingOfChildAsync();

        Assert.Equal("1", NoNewPrivileges().Match(standing).Groups[1].Value);
        Assert.Equal(("1234", "1234"), LimitOf(standing, "open files"));
        Assert.Equal(("4321", "4321"), LimitOf(standing, "processes"));
        Assert.Equal(("0", "0"), LimitOf(standing, "core file size"));
        Assert.True(int.Parse(OomScore().Match(standing).Groups[1].Value, CultureInfo.InvariantCulture) >= 500, standing);
    }

    [LinuxFact]
    public async Task Limits_are_never_raised_above_what_the_gateway_itself_has()
    {
        var own = LimitOf(await File.ReadAllTextAsync("/proc/self/limits"), "open files");
        _harness.Options.MaxOpenFiles = 1024 * 1024;

        var standing = await StandingOfChildAsync();

        Assert.Equal(Math.Min(long.Parse(own.Hard, CultureInfo.InvariantCulture), 1024 * 1024), long.Parse(LimitOf(standing, "open files").Hard, CultureInfo.InvariantCulture));
    }

    [LinuxFact]
    public async Task An_operator_may_leave_a_child_its_way_to_privileges()
    {
        _harness.Options.NoNewPrivileges = false;

        Assert.Equal("0", NoNewPrivileges().Match(await StandingOfChildAsync()).Groups[1].Value);
    }

    [LinuxFact]
    public async Task What_is_started_after_a_child_has_lost_nothing_by_it()
    {
        await StandingOfChildAsync();

        // The thread that gave privileges up is no thread of the pool; everything else goes on as it was.
        using var own = ChildProcess.Start(new LaunchCommand("/bin/sh", ["-c", "grep NoNewPrivs /proc/self/status"], "/", ImmutableDictionary<string, string>.Empty));
        using var reader = new StreamReader(own.Output);
        Assert.Equal("0", NoNewPrivileges().Match(await reader.ReadToEndAsync()).Groups[1].Value);
        Assert.Equal("0", NoNewPrivileges().Match(await File.ReadAllTextAsync("/proc/self/status")).Groups[1].Value);
    }

    [Theory]
    [InlineData("/snap/bin/node", false)]
    [InlineData("/var/lib/snapd/snap/bin/docker", false)]
    [InlineData("/usr/bin/node", true)]
    [InlineData("/home/me/snap/bin/node", true)]
    public void Only_what_snap_installed_keeps_the_privileges_that_its_launcher_needs(string program, bool expected) =>
        Assert.Equal(expected, ChildLimits.Of(new StdioOptions(), program).NoNewPrivileges);

    private async Task<string> StandingOfChildAsync()
    {
        var client = await _harness.ConnectAsync(ShellServer.Registration());
        (await StdioHarness.SendAsync(client, "test/limits")).Dispose();
        await StdioHarness.UntilAsync(() => client.ReadStderr().Contains("end of limits", StringComparison.Ordinal), "its limits");
        return client.ReadStderr();
    }

    private static (string Soft, string Hard) LimitOf(string standing, string name)
    {
        var line = Regex.Match(standing, $@"Max {name}\s+(\S+)\s+(\S+)");
        return (line.Groups[1].Value, line.Groups[2].Value);
    }

    [GeneratedRegex(@"NoNewPrivs:\s+(\d)")]
    private static partial Regex NoNewPrivileges();

    [GeneratedRegex(@"oom=(-?\d+)")]
    private static partial Regex OomScore();
}
