using System.Net;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Resources;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.Mcp;

/// <summary>What a service handed out can be fetched, in a list or not (MCP 2025-06-18, tools, resource links).</summary>
public sealed class ResourceRouteTests : IAsyncLifetime
{
    private const string Linked = """
        {"content":[{"type":"text","text":"{\"type\":\"resource_link\",\"uri\":\"orders://in-a-text\"}"},
        {"uri":"orders://2026/17","type":"resource_link","name":"17"},
        {"type":"resource","resource":{"uri":"orders://embedded","text":"x"}}],"structuredContent":{"type":"resource_link","uri":"orders://structured"}}
        """;

    private McpTestHost _host = null!;
    private string _session = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync();
        _host.State.Put(Service("res", FakeServices.Catalog("res", "find")));
        _session = await _host.InitializeAsync();
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, call.Method == "tools/call" ? Linked.ReplaceLineEndings("") : """{"contents":[]}"""));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("res__find", "{}")]
    [InlineData("call_tool", """{"service":"res","tool":"find"}""")]
    public async Task A_link_that_a_tool_returned_can_be_read_though_it_stands_in_no_list(string tool, string arguments)
    {
        Assert.Equal(-32002, (await ReadAsync("orders://2026/17")).ErrorCode);

        await _host.LegacyAsync(_session, "tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""");

        Assert.Equal(0, (await ReadAsync("orders://2026/17")).Result.GetProperty("contents").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await _host.ModernAsync("resources/read", "\"uri\":\"orders://embedded\"", "orders://embedded")).Status);
        Assert.Equal(["res:orders://2026/17", "res:orders://embedded"], Reads());
        Assert.Equal(-32002, (await ReadAsync("orders://in-a-text")).ErrorCode);
        Assert.Equal(-32002, (await ReadAsync("orders://structured")).ErrorCode);
    }

    [Fact]
    public async Task The_view_of_one_service_asks_it_for_any_uri()
    {
        var session = await _host.InitializeAsync("/mcp/res");
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Error(call, """{"code":-32002,"message":"the service's own word"}"""));

        var reply = await _host.LegacyAsync(session, "resources/read", """{"uri":"any://thing"}""", "/mcp/res");
        var modern = await _host.ModernAsync("resources/read", "\"uri\":\"other://thing\"", "other://thing", "/mcp/res");

        Assert.All([reply, modern], one => Assert.Equal("the service's own word", one.Error.GetProperty("message").GetString()));
        Assert.Equal(["res:any://thing", "res:other://thing"], Reads());
    }

    [Fact]
    public async Task A_completion_finds_its_service_by_the_same_rules()
    {
        _host.State.Put(Service("res", FakeServices.Catalog("res", "find") with { HasCompletions = true }));
        const string Params = """{"ref":{"type":"ref/resource","uri":"orders://2026/17"},"argument":{"name":"n","value":"1"}}""";
        Assert.Equal(-32602, (await _host.LegacyAsync(_session, "completion/complete", Params)).ErrorCode);

        var session = await _host.InitializeAsync("/mcp/res");
        await _host.LegacyAsync(session, "completion/complete", Params, "/mcp/res");
        await _host.LegacyAsync(_session, "tools/call", """{"name":"res__find"}""");
        await _host.LegacyAsync(_session, "completion/complete", Params);

        Assert.Equal([Params, Params], _host.Dispatcher.Calls.Where(one => one.Call.Method == "completion/complete").Select(one => one.Params));
    }

    [Fact]
    public async Task Links_in_prompts_and_in_resources_that_were_read_count_as_well()
    {
        _host.State.Put(Service("res", new ServiceCatalog { Prompts = [FakeServices.Prompt("res", "sum")], Resources = [FakeServices.Resource("res", "dir://root")] }));
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, call.Method == "prompts/get"
            ? """{"messages":[{"role":"user","content":{"type":"resource_link","uri":"one://a","name":"a"}},{"role":"user","content":[{"type":"resource","resource":{"uri":"one://b","blob":""}}]}]}"""
            : """{"contents":[{"uri":"one://c","text":"x"}]}"""));

        await _host.LegacyAsync(_session, "prompts/get", """{"name":"res__sum"}""");
        await ReadAsync("dir://root");
        foreach (var uri in (string[])["one://a", "one://b", "one://c"]) await ReadAsync(uri);

        Assert.Equal(["res:dir://root", "res:one://a", "res:one://b", "res:one://c"], Reads());
    }

    [Fact]
    public async Task A_scheme_that_one_service_has_is_its_own_and_one_that_two_have_is_nobodys()
    {
        _host.State.Put(Service("notes", new ServiceCatalog { Resources = [FakeServices.Resource("notes", "notes://a"), FakeServices.Resource("notes", "shared://a"), FakeServices.Resource("notes", "https://notes.example/a")] }));
        _host.State.Put(Service("others", new ServiceCatalog { ResourceTemplates = [FakeServices.Template("others", "shared://b/{x}"), FakeServices.Template("others", "https://{host}/a")] }));

        Assert.Equal(-32002, (await ReadAsync("shared://c")).ErrorCode);
        Assert.Equal(-32002, (await ReadAsync("https://elsewhere.example/b")).ErrorCode);
        Assert.Equal(-32002, (await ReadAsync("no-scheme")).ErrorCode);
        await ReadAsync("notes://b?c=d");
        await ReadAsync("https://notes.example/b");

        Assert.Equal(["notes:notes://b?c=d", "notes:https://notes.example/b"], Reads());
    }

    [Fact]
    public async Task A_service_cannot_take_over_what_another_one_lists()
    {
        _host.State.Put(Service("bank", new ServiceCatalog { Resources = [FakeServices.Resource("bank", "orders://2026/17")] }));
        await _host.LegacyAsync(_session, "tools/call", """{"name":"res__find"}""");

        await ReadAsync("orders://2026/17");

        Assert.Equal(["bank:orders://2026/17"], Reads());
    }

    [Fact]
    public async Task A_link_of_a_service_that_was_removed_leads_nowhere()
    {
        await _host.LegacyAsync(_session, "tools/call", """{"name":"res__find"}""");
        _host.State.Remove("res");

        Assert.Equal(-32002, (await ReadAsync("orders://2026/17")).ErrorCode);
    }

    [Fact]
    public void Links_are_bounded_and_a_flood_of_one_service_costs_the_others_nothing()
    {
        var links = new HandedOutLinks();
        links.Add("a://kept", "quiet");
        for (var i = 0; i < HandedOutLinks.Capacity + 20; i++)
        {
            links.Add($"b://{i}", "loud");
            if (i == 50) Assert.Equal("loud", links.Find("b://0"));
        }
        links.Add(new string('x', HandedOutLinks.LongestUri + 1), "quiet");

        Assert.Equal("quiet", links.Find("a://kept"));
        Assert.Null(links.Find("b://1"));
        Assert.Equal("loud", links.Find("b://0"));
        Assert.Equal("loud", links.Find($"b://{HandedOutLinks.Capacity + 19}"));
        Assert.Null(links.Find(new string('x', HandedOutLinks.LongestUri + 1)));
        links.Add("a://kept", "loud");
        Assert.Equal("loud", links.Find("a://kept"));
    }

    [Theory]
    [InlineData("""{"content":"resource"}""")]
    [InlineData("""{"content":[{"type":"resource_link","uri":7},{"type":"resource_link"},{"type":"resource","resource":null},7,null,[[[[{"type":"resource_link","uri":"deep://"}]]]]]}""")]
    [InlineData("""{"content":[{"type":"resource_link","uri":"\ud800"}]}""")]
    [InlineData("[]")]
    [InlineData("7")]
    public void An_odd_answer_hands_out_nothing(string result) => Assert.Empty(LinkReader.Read(System.Text.Encoding.UTF8.GetBytes(result)));

    private Task<Reply> ReadAsync(string uri) => _host.LegacyAsync(_session, "resources/read", $$"""{"uri":"{{uri}}"}""");

    private IEnumerable<string> Reads() => _host.Dispatcher.Calls.Where(one => one.Call.Method == "resources/read").Select(one => $"{one.Call.Service.Name}:{one.Call.Target}");

    private static ServiceSnapshot Service(string name, ServiceCatalog catalog) =>
        FakeServices.Service(name, catalog, clients: [new FakeInstanceClient { Connection = FakeInstanceClient.Legacy("""{"tools":{},"resources":{}}""") }]);
}
