using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Catalog.Definitions;

namespace McpRegistry.Tests.Api;

public sealed class OddDefinitionRoutesTests
{
    [Theory]
    [InlineData("/api/tools")]
    [InlineData("/api/tools?q=find")]
    [InlineData("/api/tools?service=odd")]
    [InlineData("/api/services/odd/tools")]
    public async Task Half_an_emoji_in_a_description_or_a_schema_breaks_no_list(string path)
    {
        await using var host = await RestHost.StartAsync();
        host.State.Put(Services.Ready("demo", "find"));
        host.State.Put(Odd("""{"name":"find","description":"cut \ud83d","inputSchema":{"type":"object","properties":{"\ud83d":{"title":"\ude00"}}}}"""));

        var answer = await host.GetAsync(path);

        Assert.Equal(200, answer.Status);
        var tool = answer.Json.GetProperty("tools").EnumerateArray().Single(one => one.GetProperty("service").GetString() == "odd");
        Assert.Equal("cut \ufffd", tool.GetProperty("description").GetString());
        Assert.Equal("\ufffd", tool.GetProperty("input_schema").GetProperty("properties").EnumerateObject().Single().Name);
    }

    [Fact]
    public async Task Every_odd_definition_together_breaks_no_list()
    {
        await using var host = await RestHost.StartAsync();
        host.State.Put(Services.Ready("demo", "echo"));
        host.State.Put(Services.Ready("odd") with { Catalog = OddDefinitions.Catalog() });

        var answer = await host.GetAsync("/api/tools");

        Assert.Equal(200, answer.Status);
        Assert.Equal(1 + OddDefinitions.Catalog().Tools.Length, answer.Json.GetProperty("tools").GetArrayLength());
    }

    [Fact]
    public async Task A_refresh_that_fails_for_one_service_is_told_of_that_one()
    {
        await using var host = await RestHost.StartAsync();
        host.State.Put(Services.Ready("demo", "echo"));
        host.State.Put(Services.Ready("odd"));
        host.Controls.Refresh = name => name == "odd" ? throw new InvalidOperationException("of the upstream") : Task.FromResult(true);

        var answer = await host.PostAsync("/api/discovery/refresh");

        Assert.Equal(200, answer.Status);
        Assert.Equal("demo", Assert.Single(answer.Json.GetProperty("refreshed").EnumerateArray()).GetString());
        Assert.Equal("odd", Assert.Single(answer.Json.GetProperty("not_refreshed").EnumerateArray()).GetString());
    }

    private static ServiceSnapshot Odd(string tool) => Services.Ready("odd") with { Catalog = new ServiceCatalog { Tools = [OddDefinitions.Read(CatalogKind.Tool, tool).Entry!] } };
}
