using McpRegistry.Core.Modeling;
using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Modeling;

public sealed class ModelledServersTests
{
    [Fact]
    public void The_file_that_ships_has_no_problem()
    {
        var read = ModelledServers.Read(Repository.PathOf("mcp-servers.json"), _ => null);

        Assert.Empty(read.Problems);
        Assert.Equal(["sample", "everything", "filesystem", "memory", "sequential-thinking"], read.Servers.Select(one => one.Name));
        Assert.All(read.Servers, one => Assert.Equal(Repository.Root, one.Config.Cwd));
    }

    [Fact]
    public void A_broken_entry_is_named_and_the_others_are_there()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("modelled-").FullName, "servers.json");
        File.WriteAllText(path, """{ "mcpServers": { "good": { "url": "${BASE}/mcp" }, "bad": { "args": ["x"] } } }""");

        var read = ModelledServers.Read(path, name => name == "BASE" ? "http://127.0.0.1:1" : null);

        Assert.Equal("http://127.0.0.1:1/mcp", Assert.Single(read.Servers).BaseUrl!.AbsoluteUri);
        Assert.Equal("mcpServers.bad", Assert.Single(read.Problems).Field);
    }

    [Theory]
    [InlineData("env:TOKEN", "", "TOKEN")]
    [InlineData("${TOKEN}", "", "TOKEN")]
    [InlineData("${env:TOKEN}", "", "TOKEN")]
    [InlineData("Bearer ${TOKEN}", "Bearer ", "TOKEN")]
    [InlineData("${TOKEN:-x}", null, null)]
    [InlineData("file:/run/token", null, null)]
    [InlineData("${A}${B}", null, null)]
    [InlineData("token", null, null)]
    public void A_value_that_names_one_variable_can_become_a_parameter(string value, string? before, string? variable) =>
        Assert.Equal(variable is null ? null : (before!, variable), ModelledServers.ReferenceIn(value));
}
