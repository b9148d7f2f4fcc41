using System.Globalization;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Confinement;

/// <summary>What other programs of the same user, children first of all, learn of the gateway's processes.</summary>
public sealed class ProcessPrivacyTests
{
    private const string Canary = "canary7q3x-of-the-process";
    private static readonly string[] Programs = ["McpRegistry.Api/Program.cs", "McpRegistry.HealthWorker/Program.cs", "McpRegistry.StdioBridge/Program.cs"];
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Upstream.Stdio.LinuxTheory]
    [InlineData("McpRegistry.Api")]
    [InlineData("McpRegistry.HealthWorker")]
    [InlineData("McpRegistry.StdioBridge", "--", "sleep", "600")]
    public async Task Another_program_of_the_same_user_reads_nothing_of_it(string project, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        await using var process = Start(project, folder, arguments);
        await using var ordinary = Start(["sleep", "600"]);
        // The reader does read what is not closed to it, or this would prove nothing.
        await Eventually.TrueAsync(async () => (await UnprivilegedProcess.RunAsync("cat", $"/proc/{ordinary.Id}/environ")).Output.Contains(Canary, StringComparison.Ordinal), Soon, "the reader reads");

        await Eventually.TrueAsync(async () => (await EnvironmentOfAsync(process.Id)).Errors.Contains("Permission denied", StringComparison.Ordinal), Soon, () => $"it is closed\n{process.Output}");

        foreach (var file in (string[])["environ", "auxv", "maps", "mem", "exe", "cwd/."])
        {
            var (exit, output, errors) = await UnprivilegedProcess.RunAsync("cat", string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/{file}"));
            Assert.True(exit != 0 && output.Length == 0 && errors.Contains("Permission denied", StringComparison.Ordinal), $"{file}: {errors}");
        }
        Assert.False(process.HasExited, process.Output);
    }

    [LinuxFact]
    public async Task A_child_reads_neither_the_gateways_variables_nor_its_memory()
    {
        using var folder = new TemporaryFolder();
        var seen = folder.File("seen");
        // What the review did: the parent's variables, and what else of it is a file.
        var script = $"for one in environ mem fd/0 cwd/registry.key; do echo $one; cat /proc/$PPID/$one | tr '\\0' '\\n'; done >'{seen}.part' 2>&1; mv '{seen}.part' '{seen}'; exec sleep 600";
        new ServersFile().Stdio("spy", "sh", "-c", script).WriteTo(folder.File("mcp-servers.json"));
        await using var gateway = Start("McpRegistry.Api", folder);

        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(seen)), Soon, () => $"the child has looked\n{gateway.Output}");

        var text = await File.ReadAllTextAsync(seen);
        Assert.Contains("environ: Permission denied", text, StringComparison.Ordinal);
        Assert.Contains("mem: Permission denied", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_the_first_thing_that_every_process_does() => Assert.All(Programs, program =>
    {
        var statements = Repository.Read(program).Split('\n').Where(line => line.Length > 0 && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("//", StringComparison.Ordinal));
        Assert.Equal("ProcessPrivacy.Close();", statements.First());
    });

    private static Task<(int ExitCode, string Output, string Errors)> EnvironmentOfAsync(int process) =>
        UnprivilegedProcess.RunAsync("cat", string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/environ"));

    private static RunningProcess Start(string project, TemporaryFolder folder, params string[] arguments) => Start(
        ["dotnet", Repository.AssemblyOf(project), .. arguments.Length > 0 ? arguments : ["--urls", $"http://127.0.0.1:{FreePort.Find()}"]],
        new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["ConnectionStrings__redis"] = project == "McpRegistry.HealthWorker" ? "127.0.0.1:1,abortConnect=false" : "",
            ["McpRegistry__Discovery__File"] = folder.File("mcp-servers.json"),
            ["McpRegistry__Storage__Path"] = folder.File("registry.db"),
            ["McpRegistry__Cluster__SnapshotPath"] = folder.File("snapshot.json"),
        });

    private static RunningProcess Start(string[] command, Dictionary<string, string>? settings = null)
    {
        string[] all = [.. UnprivilegedProcess.Prefix, .. command];
        return RunningProcess.Start(all[0], all[1..], Path.GetTempPath(), new Dictionary<string, string>(settings ?? []) { ["SECRET_OF_GATEWAY"] = Canary });
    }
}
