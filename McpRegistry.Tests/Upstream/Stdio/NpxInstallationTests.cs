using System.Runtime.Versioning;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Stdio;

[UnsupportedOSPlatform("windows")]
public sealed class NpxInstallationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_package_that_was_installed_half_way_is_installed_anew(bool seenByNpm)
    {
        using var npx = new FakeNpx();
        npx.LeaveHalf(seenByNpm);

        var resolved = await Resolve(npx, direct: true).WaitAsync(Patience);

        Assert.Equal([npx.EntryPoint], resolved.Arguments.AsEnumerable());
        Assert.True(npx.IsWhole);
        Assert.Equal(seenByNpm ? 2 : 1, npx.Runs);
    }

    [LinuxFact]
    public async Task A_half_package_is_removed_also_where_npx_itself_is_the_server()
    {
        using var npx = new FakeNpx();
        npx.LeaveHalf(seenByNpm: false);

        var resolved = await Resolve(npx, direct: false).WaitAsync(Patience);

        Assert.Equal((npx.Command.Program, "-y server"), (resolved.Program, string.Join(' ', resolved.Arguments)));
        Assert.False(File.Exists(npx.EntryPoint));
    }

    [LinuxFact]
    public async Task A_whole_package_is_left_as_it_is()
    {
        using var npx = new FakeNpx();
        await Resolve(npx, direct: true).WaitAsync(Patience);
        var written = File.GetLastWriteTimeUtc(npx.EntryPoint);

        await Resolve(npx, direct: true).WaitAsync(Patience);

        Assert.Equal((written, 2), (File.GetLastWriteTimeUtc(npx.EntryPoint), npx.Runs));
    }

    [LinuxFact]
    public async Task A_stop_in_the_middle_of_the_first_download_does_not_break_it()
    {
        using var npx = new FakeNpx();
        npx.Hold();
        var harness = new StdioHarness();
        var client = harness.Create(npx.Registration);
        var connecting = client.ConnectAsync(default);
        await StdioHarness.UntilAsync(() => npx.HasBegun, "npm has begun");

        // What the end of the gateway does: children, then everything that carries its mark.
        await harness.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => connecting);
        npx.LetGo();

        await StdioHarness.UntilAsync(() => npx.IsWhole, "npm came to its end");
    }

    [LinuxFact]
    public async Task What_npm_takes_to_download_is_not_counted_as_the_start_of_the_program()
    {
        using var npx = new FakeNpx();
        npx.Hold();
        var time = new FakeTimeProvider();
        await using var harness = new StdioHarness(time);
        var client = harness.Create(npx.Registration);
        var connecting = client.ConnectAsync(default);
        await StdioHarness.UntilAsync(() => npx.HasBegun, "npm has begun");

        time.Advance(TimeSpan.FromMinutes(5));
        npx.LetGo();
        await connecting.WaitAsync(Patience);

        Assert.Equal(0, client.Restarts);
        await client.DisposeAsync();
    }

    [NpxFact]
    public async Task A_real_package_of_which_half_is_missing_works_again_at_the_next_start()
    {
        using var home = new TemporaryFolder();
        var registration = StdioHarness.Command("npx", "-y", "@modelcontextprotocol/server-memory");
        registration = registration with { Config = registration.Config with { Env = registration.Config.Env.Add("HOME", home.Path) } };
        await ConnectOnceAsync(registration);
        var modules = Path.Combine(Assert.Single(Directory.GetDirectories(home.File(".npm/_npx"))), "node_modules");
        Directory.Delete(Path.Combine(modules, "zod"), recursive: true);
        File.Delete(Path.Combine(modules, ".package-lock.json"));
        foreach (var folder in Directory.GetDirectories(modules, "*", SearchOption.AllDirectories).Append(modules).Append(Path.GetDirectoryName(modules)!))
            Directory.SetLastWriteTimeUtc(folder, DateTime.UnixEpoch);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(modules)!)) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        await ConnectOnceAsync(registration);

        Assert.True(Directory.Exists(Path.Combine(modules, "zod")));
    }

    private static async Task ConnectOnceAsync(ServiceRegistration registration)
    {
        await using var harness = new StdioHarness();
        await harness.Create(registration).ConnectAsync(default).WaitAsync(Patience);
    }

    private static Task<LaunchCommand> Resolve(FakeNpx npx, bool direct) =>
        new NpxEntryPoints(TimeProvider.System, NullLogger<NpxEntryPoints>.Instance).ResolveAsync(npx.Command, direct, default);
}
