using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Discovery;
using McpRegistry.Core.Registration;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Discovery.Trust;

/// <summary>Programs that are given the folder of <c>mcp-servers.json</c>, or the gateway's own, are warned about.</summary>
public sealed class ReachOfArgumentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReachOfArgumentsTests()
    {
        foreach (var folder in (string[])["project/notes", "data/mcp-registry"]) Directory.CreateDirectory(_folder.File(folder));
        if (!OperatingSystem.IsWindows()) Directory.CreateSymbolicLink(_folder.File("project/link"), _folder.File("project"));
    }

    public void Dispose() => _folder.Dispose();

    [Upstream.Stdio.LinuxTheory]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("notes/..")]
    [InlineData("..")]
    [InlineData("link")]
    [InlineData("%/project")]
    [InlineData("%/project/")]
    [InlineData("%")]
    [InlineData("--root=%/project")]
    [InlineData("--root=/")]
    [InlineData("/:/host")]
    [InlineData("type=bind,src=%,dst=/projects")]
    [InlineData("${workspaceFolder}")]
    [InlineData("${HOME_OF_TEST}")]
    [InlineData("%/data")]
    [InlineData("%/data/mcp-registry")]
    public void A_folder_that_holds_the_gateways_own_files_is_warned_about(string argument)
    {
        var warning = Assert.Single(WarningsOf(argument));

        Assert.Equal("mcpServers.files.args[1]", warning.Field);
        Assert.Contains("whoever steers its tools may have other programs started", warning.Message, StringComparison.Ordinal);
    }

    [Upstream.Stdio.LinuxTheory]
    [InlineData("notes")]
    [InlineData("%/project/notes")]
    [InlineData("@modelcontextprotocol/server-filesystem")]
    [InlineData("--verbose")]
    [InlineData("%/project/mcp")]
    [InlineData("%/proj")]
    [InlineData("https://example.com/")]
    [InlineData("")]
    public void Anything_else_is_not(string argument) => Assert.Empty(WarningsOf(argument));

    private ImmutableArray<RegistrationError> WarningsOf(string argument)
    {
        var text = JsonSerializer.Serialize(argument.Replace("%", _folder.Path, StringComparison.Ordinal));
        var file = new McpServersFile(
            _folder.File("project"), new SecretResolver(name => name == "HOME_OF_TEST" ? _folder.Path : null), DateTimeOffset.UnixEpoch, ownFolder: _folder.File("data/mcp-registry"));
        var content = file.Parse(Encoding.UTF8.GetBytes($$"""{"mcpServers":{"files":{"command":"x","args":["-y",{{text}}] } } }"""));
        Assert.Empty(content.Errors);
        return content.Warnings;
    }
}
