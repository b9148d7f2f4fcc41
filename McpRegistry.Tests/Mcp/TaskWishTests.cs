using System.Net;
using System.Text;

using McpRegistry.Core.Json;

namespace McpRegistry.Tests.Mcp;

/// <summary>A task that a service made could not be fetched: the work would be done and its result lost. So nobody is asked for one.</summary>
public sealed class TaskWishTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync() => _host = await McpTestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"files__read","arguments":{"n":1.50,"task":1},"task":{"ttl":60000},"extra":[1]}""", """{"name":"read","arguments":{"n":1.50,"task":1},"extra":[1]}""")]
    [InlineData("""{"task":{},"name":"files__read"}""", """{"name":"read"}""")]
    [InlineData("""{"name":"files__read","t\u0061sk":null}""", """{"name":"read"}""")]
    [InlineData("""{"name":"call_tool","arguments":{"service":"files","tool":"read"},"task":{"ttl":1}}""", """{"name":"read","arguments":{}}""")]
    [InlineData("""{"name":"files__read","_meta":{"com.example/task":"1","ä":"ü"}}""", """{"name":"read","_meta":{"com.example/task":"1","ä":"ü"}}""")]
    public async Task A_call_that_wants_a_task_is_made_as_an_ordinary_one(string parameters, string sent)
    {
        var session = await _host.InitializeAsync();

        var reply = await _host.LegacyAsync(session, "tools/call", parameters);

        Assert.Equal("done", reply.Result.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal(sent, _host.Dispatcher.Calls.Single().Params);
    }

    [Fact]
    public async Task A_modern_clients_capability_for_tasks_is_not_passed_on()
    {
        var body = Modern.Body("tools/call", "\"name\":\"files__read\",\"task\":{}").Replace(
            "\"io.modelcontextprotocol/clientCapabilities\":{}",
            """
            "com.example/k":1.50,"io.modelcontextprotocol/related-task":{"taskId":"1"},
            "io.modelcontextprotocol/clientCapabilities":{"roots":{},"tasks":{"list":{}},"extensions":{"io.modelcontextprotocol/tasks":{},"com.example/x":{"task":1}}}
            """, StringComparison.Ordinal);

        var reply = await _host.SendAsync("/mcp", body, [.. Modern.Headers("tools/call", "files__read")]);

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        var parameters = _host.Dispatcher.Calls.Single().Call.Params;
        Assert.Equal("""{"roots":{},"extensions":{"com.example/x":{"task":1}}}""", Encoding.UTF8.GetString(parameters.MetaMember(MetaKeys.ClientCapabilities).Span));
        Assert.True(parameters.MetaMember("io.modelcontextprotocol/related-task"u8).IsEmpty);
        Assert.True(parameters.Member("task"u8).IsEmpty);
        Assert.Equal("1.50", Encoding.UTF8.GetString(parameters.MetaMember("com.example/k"u8).Span));
        Assert.Equal("2026-07-28", parameters.MetaString(MetaKeys.ProtocolVersion));
    }

    [Theory]
    [InlineData("prompts/get", "\"name\":\"docs__sum\"", "docs__sum")]
    [InlineData("resources/read", "\"uri\":\"docs://a\"", "docs://a")]
    public async Task Prompts_and_resources_are_asked_for_without_it_too(string method, string members, string name)
    {
        _host.State.Put(FakeServices.Service("docs", new() { Prompts = [FakeServices.Prompt("docs", "sum")], Resources = [FakeServices.Resource("docs", "docs://a")] }));
        var body = Modern.Body(method, members).Replace("Capabilities\":{}", "Capabilities\":{\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}", StringComparison.Ordinal);

        await _host.SendAsync("/mcp", body, [.. Modern.Headers(method, name)]);

        Assert.Equal("""{"extensions":{}}""", Encoding.UTF8.GetString(_host.Dispatcher.Calls.Single().Call.Params.MetaMember(MetaKeys.ClientCapabilities).Span));
    }

    [Fact]
    public async Task Nobody_is_told_that_there_are_tasks()
    {
        var session = await _host.InitializeAsync();
        var introduced = await _host.SendAsync("/mcp", """{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"tasks":{"list":{}}}}}""");

        Assert.DoesNotContain("task", introduced.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("task", (await _host.ModernAsync("server/discover")).Body, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(-32601, (await _host.LegacyAsync(session, "tasks/get", """{"taskId":"1"}""")).ErrorCode);
        Assert.Equal(-32601, (await _host.ModernAsync("tasks/get", "\"taskId\":\"1\"", "1")).ErrorCode);
    }
}
