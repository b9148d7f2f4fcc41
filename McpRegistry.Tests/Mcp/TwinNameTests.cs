using System.Net;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Tests.Mcp;

/// <summary>Whoever judges a request and whoever executes it must not read two different things, so names that stand twice are refused.</summary>
public sealed class TwinNameTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync();
        _host.State.Put(FakeServices.Service("more", new ServiceCatalog
        {
            Tools = [FakeServices.Tool("more", """{"name":"query","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}}""")],
            Prompts = [FakeServices.Prompt("more", "ask")],
            HasCompletions = true,
        }));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("tools/call", "files__read", """ "name":"files__read","arguments":{"path":"/safe","path":"/etc/shadow"} """)]
    [InlineData("tools/call", "files__read", """ "name":"files__read","arguments":{"path":"/safe","p\u0061th":"/etc/shadow"} """)]
    [InlineData("tools/call", "files__read", """ "name":"files__read","arguments":{"deep":[{"path":1,"path":2}]} """)]
    [InlineData("tools/call", "files__read", """ "name":"files__read","arguments":{},"inputResponses":{"q":{"action":"accept","content":{"a":1,"a":2}}} """)]
    [InlineData("tools/call", "files__read", """ "name":"files__read","arguments":{},"extra":{"a":1,"a":2} """)]
    [InlineData("tools/call", "call_tool", """ "name":"call_tool","arguments":{"service":"files","tool":"read","arguments":{"path":1,"path":2}} """)]
    [InlineData("prompts/get", "more__ask", """ "name":"more__ask","arguments":{"a":"1","a":"2"} """)]
    [InlineData("completion/complete", null, """ "ref":{"type":"ref/prompt","name":"more__ask","name":"more__other"},"argument":{"name":"a","value":"v"} """)]
    [InlineData("completion/complete", null, """ "ref":{"type":"ref/prompt","name":"more__ask"},"argument":{"name":"a","value":"v","value":"w"} """)]
    public async Task A_name_that_stands_twice_anywhere_in_the_params_is_refused_in_both_eras(string method, string? name, string members)
    {
        var session = await _host.InitializeAsync();

        foreach (var reply in (Reply[])[await _host.LegacyAsync(session, method, $"{{{members}}}"), await _host.ModernAsync(method, members, name)])
        {
            Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
            Assert.Equal((-32600, 7), (reply.ErrorCode, reply.Json.GetProperty("id").GetInt32()));
            Assert.Contains("twice", reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        Assert.Empty(_host.Dispatcher.Calls);
    }

    [Fact]
    public async Task A_name_that_stands_twice_deep_in_the_metadata_is_refused()
    {
        var session = await _host.InitializeAsync();

        var reply = await _host.LegacyAsync(session, "tools/call", """{"name":"files__read","_meta":{"com.example/k":{"a":1,"a":2}}}""");

        Assert.Equal((HttpStatusCode.BadRequest, -32600), (reply.Status, reply.ErrorCode));
    }

    /// <summary>Of two equal names the gateway compared the one with the header, and the server might have read the other.</summary>
    [Fact]
    public async Task Headers_are_compared_with_arguments_that_can_be_read_in_one_way_only()
    {
        var reply = await _host.ModernAsync("tools/call", "\"name\":\"more__query\",\"arguments\":{\"region\":\"us\",\"region\":\"eu\"}", "more__query", more: ("Mcp-Param-Region", "eu"));

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Empty(_host.Dispatcher.Calls);
    }

    [Fact]
    public async Task Headers_that_the_tool_does_not_declare_stay_here()
    {
        Assert.Equal(HttpStatusCode.OK, (await _host.ModernAsync("tools/call", "\"name\":\"files__read\"", "files__read", more: ("Mcp-Param-Tenant", "admin"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.ModernAsync("tools/call", "\"name\":\"more__query\",\"arguments\":{\"region\":\"eu\"}", "more__query", more: [("Mcp-Param-Region", "eu"), ("Mcp-Param-Tenant", "admin")])).Status);

        var sent = _host.Dispatcher.Calls.Select(one => string.Join(' ', (one.Call.Headers ?? []).Select(header => $"{header.Key}={header.Value}")));
        Assert.Equal(["", "Mcp-Param-Region=eu"], sent);
    }
}
