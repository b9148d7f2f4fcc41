using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp;

namespace McpRegistry.Tests.Mcp;

public sealed class ListTests : IAsyncLifetime
{
    private static readonly string[] OwnNames = ["call_tool", "describe_tool", "list_available_tools", "search_tools", "service_health"];

    private McpTestHost _host = null!;
    private string _session = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync();
        _session = await _host.InitializeAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task All_tools_are_listed_under_exposed_names_after_our_own()
    {
        _host.State.Put(FakeServices.Service("alpha", FakeServices.Catalog("alpha", "zeta", "beta")));
        string[] names = [.. OwnNames, "alpha__beta", "alpha__zeta", "files__read", "files__write"];
        Assert.Equal(names, (await _host.LegacyAsync(_session, "tools/list")).Names("tools"));
        Assert.Equal(names, (await _host.ModernAsync("tools/list")).Names("tools"));
    }

    [Fact]
    public async Task One_service_is_listed_under_original_names()
    {
        var session = await _host.InitializeAsync("/mcp/files");
        Assert.Equal(["read", "write"], (await _host.LegacyAsync(session, "tools/list", path: "/mcp/files")).Names("tools"));
    }

    [Fact]
    public async Task A_definition_passes_with_all_its_members_as_they_are()
    {
        _host.State.Put(FakeServices.Service("odd", new ServiceCatalog { Tools = [FakeServices.Tool("odd", """{"inputSchema":{"type":"object","n":1.50,"s":"\u00fc"},"name":"t","x-new":[1, 2]}""")] }));
        var reply = await _host.LegacyAsync(_session, "tools/list");
        Assert.Contains("""{"name":"odd__t","inputSchema":{"type":"object","n":1.50,"s":"\u00fc"},"x-new":[1, 2]}""", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tools/list", "tools")]
    [InlineData("prompts/list", "prompts")]
    [InlineData("resources/list", "resources")]
    [InlineData("resources/templates/list", "resourceTemplates")]
    public async Task Modern_lists_say_how_long_they_may_be_kept(string method, string member)
    {
        var result = (await _host.ModernAsync(method)).Result;
        Assert.True(result.TryGetProperty(member, out _));
        Assert.Equal("complete", result.GetProperty("resultType").GetString());
        Assert.Equal("private", result.GetProperty("cacheScope").GetString());
        Assert.True(result.GetProperty("ttlMs").GetInt64() >= 0);
        Assert.True(result.GetProperty("_meta").TryGetProperty("io.modelcontextprotocol/serverInfo", out _));
    }

    [Fact]
    public async Task Services_that_are_away_are_named_and_stay_listed()
    {
        Assert.False((await _host.LegacyAsync(_session, "tools/list")).Result.TryGetProperty("_meta", out _));
        _host.State.Put(FakeServices.Service("files", FakeServices.Catalog("files", "read"), ServiceCondition.Unavailable));
        var reply = await _host.LegacyAsync(_session, "tools/list");
        Assert.Contains("files__read", reply.Names("tools"));
        Assert.Equal("files", reply.Result.GetProperty("_meta").GetProperty("mcpregistry/degraded")[0].GetString());
        Assert.Equal("files", (await _host.ModernAsync("tools/list", path: "/mcp/files")).Result.GetProperty("_meta").GetProperty("mcpregistry/degraded")[0].GetString());
    }

    [Fact]
    public async Task There_is_one_page_only()
    {
        Assert.Equal(-32602, (await _host.LegacyAsync(_session, "tools/list", """{"cursor":"x"}""")).ErrorCode);
        Assert.False((await _host.LegacyAsync(_session, "tools/list")).Result.TryGetProperty("nextCursor", out _));
    }

    [Fact]
    public void A_list_is_rendered_once_for_each_snapshot()
    {
        var lists = _host.Get<ListAnswers>();
        var scope = new McpScope(_host.State.Current, null);
        var first = lists.Of(scope, CatalogKind.Tool, ProtocolEra.Modern);
        Assert.True(first.Equals(lists.Of(scope, CatalogKind.Tool, ProtocolEra.Modern)));
        Assert.False(first.Equals(lists.Of(scope, CatalogKind.Tool, ProtocolEra.Legacy)));
    }
}
