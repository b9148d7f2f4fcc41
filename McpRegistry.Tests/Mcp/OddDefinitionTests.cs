using McpRegistry.Core.Catalog;
using McpRegistry.Tests.Catalog.Definitions;

namespace McpRegistry.Tests.Mcp;

public sealed class OddDefinitionTests
{
    [Fact]
    public async Task Half_an_emoji_of_one_service_leaves_search_and_lists_to_all()
    {
        await using var host = await McpTestHost.StartAsync();
        var odd = OddDefinitions.Read(CatalogKind.Tool, """{"name":"find","description":"cut \ud83d","inputSchema":{"type":"object","properties":{"\ud83d":{}}}}""");
        host.State.Put(FakeServices.Service("odd", new ServiceCatalog { Tools = [odd.Entry!] }));
        var session = await host.InitializeAsync();

        var found = await host.LegacyAsync(session, "tools/call", """{"name":"search_tools","arguments":{"query":"read cut"}}""");
        var listed = await host.LegacyAsync(session, "tools/call", """{"name":"list_available_tools","arguments":{}}""");
        var described = await host.LegacyAsync(session, "tools/call", """{"name":"describe_tool","arguments":{"service":"odd","tool":"find"}}""");

        Assert.Equal(2, found.Result.GetProperty("structuredContent").GetProperty("tools").GetArrayLength());
        Assert.Equal(3, listed.Result.GetProperty("structuredContent").GetProperty("tools").GetArrayLength());
        Assert.Equal("cut \ufffd", described.Result.GetProperty("structuredContent").GetProperty("definition").GetProperty("description").GetString());
        Assert.Contains("odd__find", (await host.LegacyAsync(session, "tools/list")).Names("tools"));
    }

    [Fact]
    public async Task An_output_schema_that_is_no_object_is_shown_to_modern_clients_alone()
    {
        await using var host = await McpTestHost.StartAsync();
        var tool = OddDefinitions.Read(CatalogKind.Tool, """{"name":"all","inputSchema":{"type":"object"},"outputSchema":{"type":"array"}}""").Entry!;
        host.State.Put(FakeServices.Service("odd", new ServiceCatalog { Tools = [tool] }));
        var session = await host.InitializeAsync();

        foreach (var path in (string[])["/mcp", "/mcp/odd"])
        {
            var modern = await host.ModernAsync("tools/list", path: path);
            var legacy = await host.LegacyAsync(path == "/mcp" ? session : await host.InitializeAsync(path), "tools/list", path: path);
            Assert.Contains("outputSchema", modern.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("outputSchema", legacy.Body, StringComparison.Ordinal);
        }
    }
}
