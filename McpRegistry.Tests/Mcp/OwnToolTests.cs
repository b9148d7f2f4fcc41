using System.Text.Json;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.State;
using McpRegistry.Mcp.OwnTools;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.Mcp;

public sealed class OwnToolTests : IAsyncLifetime
{
    private McpTestHost _host = null!;
    private string _session = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync();
        _session = await _host.InitializeAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public void Definitions_are_single_line_json_with_schemas()
    {
        foreach (var definition in OwnToolDefinitions.All)
        {
            var json = JsonElement.Parse(definition.Json.Span);
            Assert.Equal(definition.Name, json.GetProperty("name").GetString());
            Assert.Equal("object", json.GetProperty("inputSchema").GetProperty("type").GetString());
            Assert.Equal(definition.Name != "call_tool", json.TryGetProperty("annotations", out _));
            Assert.DoesNotContain((byte)'\n', definition.Json.ToArray());
        }
    }

    [Theory]
    [InlineData("""{"service":"files","tool":"read","arguments":{"path":"a","n":1.50}}""", """{"name":"read","arguments":{"path":"a","n":1.50},"_meta":{"k":1}}""")]
    [InlineData("""{"path":"a","service":"files","tool":"files__read","n":1.50}""", """{"name":"read","arguments":{"path":"a","n":1.50},"_meta":{"k":1}}""")]
    [InlineData("""{"service":"files","tool":"read"}""", """{"name":"read","arguments":{},"_meta":{"k":1}}""")]
    public async Task Call_tool_forwards_arguments_and_result_as_they_are(string arguments, string sent)
    {
        var reply = await _host.LegacyAsync(_session, "tools/call", $$"""{"name":"call_tool","arguments":{{arguments}},"_meta":{"k":1} }""");
        Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"done"}]}}""", reply.Body);
        Assert.Equal(sent, _host.Dispatcher.Calls.Single().Params);
    }

    [Theory]
    [InlineData("""{"service":"nobody","tool":"read"}""")]
    [InlineData("""{"service":"files","tool":"nothing"}""")]
    [InlineData("""{"tool":"read"}""")]
    public async Task Call_tool_tells_the_model_what_is_wrong(string arguments)
    {
        var reply = await _host.LegacyAsync(_session, "tools/call", $$"""{"name":"call_tool","arguments":{{arguments}}}""");
        Assert.True(reply.Result.GetProperty("isError").GetBoolean());
        Assert.Empty(_host.Dispatcher.Calls);
    }

    [Fact]
    public async Task List_available_tools_lists_all_or_those_of_one_service()
    {
        _host.State.Put(FakeServices.Service("away", FakeServices.Catalog("away", "t"), ServiceCondition.Unavailable));
        var all = await CallAsync("list_available_tools", "{}");
        Assert.Equal(["away__t", "files__read", "files__write"], all.GetProperty("tools").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal("away", all.GetProperty("degraded")[0].GetString());
        var one = await CallAsync("list_available_tools", """{"service":"away"}""");
        Assert.Equal("t", one.GetProperty("tools")[0].GetProperty("tool").GetString());
    }

    [Fact]
    public async Task Describe_tool_shows_the_definition()
    {
        var described = await CallAsync("describe_tool", """{"service":"files","tool":"read"}""");
        Assert.Equal("object", described.GetProperty("definition").GetProperty("inputSchema").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Service_health_tells_of_each_instance()
    {
        var service = (await CallAsync("service_health", """{"service":"files"}""")).GetProperty("services")[0];
        Assert.Equal(("files", "unknown", "ready"), (service.GetProperty("service").GetString(), service.GetProperty("status").GetString(), service.GetProperty("condition").GetString()));
        Assert.Equal("files-1", service.GetProperty("instances")[0].GetProperty("instance_id").GetString());
    }

    [Fact]
    public async Task Service_health_gives_the_verdict_that_REST_gives()
    {
        var drained = FakeServices.Service("drained", FakeServices.Catalog("drained", "t"));
        drained.Instances[0].Health.RecordProbe(new ProbeResult(true, TimeSpan.FromMilliseconds(3)));
        drained.Instances[0].IsDraining = true;
        var mixed = FakeServices.Service("mixed", FakeServices.Catalog("mixed", "t"), clients: [new FakeInstanceClient(), new FakeInstanceClient()]);
        for (var i = 0; i < 3; i++) mixed.Instances[0].Health.RecordProbe(new ProbeResult(false, TimeSpan.FromMilliseconds(3), "HTTP 500"));
        _host.State.Put(drained);
        _host.State.Put(mixed);
        _host.State.Put(FakeServices.Service("partly", FakeServices.Catalog("partly", "t"), ServiceCondition.Degraded) with { Reason = "prompts/list was not answered" });

        var services = (await CallAsync("service_health", "{}")).GetProperty("services").EnumerateArray().ToDictionary(one => one.GetProperty("service").GetString()!);
        foreach (var snapshot in _host.State.Current.Services.Values)
        {
            var health = ServiceHealth.Of(snapshot);
            Assert.Equal(health.Verdict.ToString(), services[snapshot.Name].GetProperty("status").GetString(), ignoreCase: true);
        }
        Assert.Equal("unknown", services["drained"].GetProperty("status").GetString());
        Assert.Equal(("unknown", "HTTP 500"), (services["mixed"].GetProperty("status").GetString(), services["mixed"].GetProperty("error").GetString()));
        Assert.Equal(("degraded", "prompts/list was not answered"), (services["partly"].GetProperty("condition").GetString(), services["partly"].GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Search_tools_finds_by_name_description_and_parameter_best_first()
    {
        _host.State.Put(FakeServices.Service("mail", new ServiceCatalog
        {
            Tools =
            [
                FakeServices.Tool("mail", """{"name":"sendMessage","description":"Sends a letter to someone","inputSchema":{"type":"object","properties":{"recipient":{}}}}"""),
                FakeServices.Tool("mail", """{"name":"archive","description":"Stores a message away","inputSchema":{"type":"object"}}"""),
            ],
        }));
        Assert.Equal(["mail__sendMessage", "mail__archive"], await SearchAsync("message"));
        Assert.Equal(["mail__sendMessage"], await SearchAsync("RECIPIENT"));
        Assert.Equal(["mail__sendMessage"], await SearchAsync("message", 1));
        Assert.Empty(await SearchAsync("xyzzy"));
    }

    [Fact]
    public async Task A_modern_client_gets_our_results_complete_and_signed()
    {
        var reply = await _host.ModernAsync("tools/call", "\"name\":\"service_health\",\"arguments\":{}", "service_health");
        Assert.Equal("complete", reply.Result.GetProperty("resultType").GetString());
        Assert.True(reply.Result.GetProperty("_meta").TryGetProperty("io.modelcontextprotocol/serverInfo", out _));
    }

    private async Task<string[]> SearchAsync(string query, int limit = 10)
    {
        var found = await CallAsync("search_tools", $$"""{"query":"{{query}}","limit":{{limit}}}""");
        return [.. found.GetProperty("tools").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
    }

    private async Task<JsonElement> CallAsync(string tool, string arguments)
    {
        var reply = await _host.LegacyAsync(_session, "tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""");
        var content = reply.Result.GetProperty("structuredContent");
        Assert.Equal(content.GetRawText(), reply.Result.GetProperty("content")[0].GetProperty("text").GetString());
        return content;
    }
}
