using McpRegistry.Core.Discovery;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Discovery.Trust;

/// <summary>Whose <c>mcp-servers.json</c> is taken where nobody names one.</summary>
public sealed class ForeignFolderTests
{
    [Theory]
    // The work tree of dotnet run, the folder of a container, the home folder of a tool's user.
    [InlineData("/repo", "/repo", "/repo/McpRegistry.Api/bin/Debug/net10.0/", "/repo/mcp-servers.json")]
    [InlineData("/app", "/app", "/app/", "/app/mcp-servers.json")]
    [InlineData("/home/me", "/home/me", "/home/me/.dotnet/tools/.store/mcp/", "/home/me/mcp-servers.json")]
    // Somebody named the content root.
    [InlineData("/etc/mcp", "/work/cloned", "/opt/mcp/", "/etc/mcp/mcp-servers.json")]
    // A folder that was just cloned, and one whose name only begins like the program's.
    [InlineData("/work/cloned", "/work/cloned", "/home/me/.dotnet/tools/.store/mcp/", null)]
    [InlineData("/opt/m", "/opt/m", "/opt/mcp/", null)]
    public void Only_the_folder_of_the_program_or_one_that_was_named_is_looked_in(string contentRoot, string current, string program, string? expected)
    {
        var location = new McpServersFileLocation(new DiscoveryOptions(), contentRoot, current, program);

        Assert.Equal(expected is null ? null : Path.GetFullPath(expected), location.Current);
        if (expected is null) Assert.Equal([Path.GetFullPath(current + "/mcp-servers.json")], location.Unasked);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public void Where_no_file_is_wanted_none_is_looked_for_and_none_is_missed(string file)
    {
        var location = new McpServersFileLocation(new DiscoveryOptions { File = file }, "/opt/mcp", "/opt/mcp", "/opt/mcp/");

        Assert.False(location.IsWanted);
        Assert.Null(location.Current);
        Assert.Equal([], location.Unasked);
    }

    [Fact]
    public void A_file_that_is_named_is_taken_wherever_it_is() =>
        Assert.Equal(Path.GetFullPath("/work/cloned/mcp-servers.json"), new McpServersFileLocation(new DiscoveryOptions { File = "mcp-servers.json" }, "/work/cloned", "/work/cloned", "/opt/mcp/").Current);

    [LinuxFact]
    public async Task A_gateway_started_in_a_foreign_folder_starts_nothing_of_it_until_the_file_is_named()
    {
        using var foreign = new TemporaryFolder();
        new ServersFile().Stdio("trap", "sh", "-c", $"echo sprung >'{foreign.File("sprung")}'; exec sleep 600").WriteTo(foreign.File("mcp-servers.json"));

        await using (var gateway = Start())
        {
            await Eventually.TrueAsync(() => Task.FromResult(gateway.Output.Contains("McpRegistry is up", StringComparison.Ordinal)), TimeSpan.FromSeconds(60), () => $"it is up\n{gateway.Output}");

            Assert.Contains("nobody named it", gateway.Output, StringComparison.Ordinal);
            Assert.Contains("No services yet", gateway.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(foreign.File("sprung")));
        }

        await using var asked = Start("--McpRegistry:Discovery:File=mcp-servers.json");
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(foreign.File("sprung"))), TimeSpan.FromSeconds(60), () => $"what was asked for is started\n{asked.Output}");

        RunningProcess Start(params string[] more) => RunningProcess.Start(
            "dotnet",
            [Repository.AssemblyOf("McpRegistry.Api"), "--urls", $"http://127.0.0.1:{FreePort.Find()}", .. more],
            foreign.Path,
            new Dictionary<string, string> { ["McpRegistry__Storage__Path"] = foreign.File("registry.db") });
    }
}
