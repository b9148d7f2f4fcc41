using System.Text;
using System.Text.Json;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Mcp;
using McpRegistry.Tests.Samples;
using McpRegistry.Tests.Upstream.Http;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Clients;

/// <summary>Answers for which the budget of the process has no room.</summary>
public sealed class LargeAnswerTests
{
    private const string Tools = """{"tools":[{"name":"large","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}},{"name":"small","inputSchema":{"type":"object"} }] }""";

    [Theory]
    [InlineData("json", false)]
    [InlineData("json", true)]
    [InlineData("chunked", false)]
    [InlineData("chunked", true)]
    [InlineData("event", false)]
    [InlineData("event", true)]
    [InlineData("progress", false)]
    [InlineData("progress", true)]
    public async Task Without_room_a_large_answer_is_overload_after_the_fact_and_small_ones_go_on(string way, bool isModern)
    {
        var asked = 0;
        await using var server = await ScriptedServer.StartAsync(isModern ? ProtocolEra.Modern : ProtocolEra.Legacy, (context, request) =>
        {
            if (request.Method == "tools/list") return ScriptedServer.ResultAsync(context, request, Tools);
            if (request.Method != "tools/call") return ScriptedServer.JsonAsync(context, 404, "{}");
            if (request.Body.Contains("small", StringComparison.Ordinal)) return ScriptedServer.ResultAsync(context, request, "{\"content\":[]}");
            Interlocked.Increment(ref asked);
            return LargeAsync(context, request, way);
        });
        await using var gateway = await StartAsync($$"""{"url":"{{server.Mcp}}","trusted":true}""");

        var rest = await CallAsync(gateway, "large");
        var problem = JsonElement.Parse(rest.All[rest.All.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal(503, rest.Status);
        Assert.Equal("overloaded", problem.GetProperty("code").GetString());
        Assert.True(problem.GetProperty("maybe_executed").GetBoolean());
        var mcp = await gateway.SendAsync(
            HttpMethod.Post, "/mcp/svc", Modern.Body("tools/call", "\"name\":\"large\""), [("Accept", "application/json, text/event-stream"), .. Modern.Headers("tools/call", "large")]);
        Assert.Contains("\"code\":\"overloaded\"", mcp.All, StringComparison.Ordinal);
        Assert.Contains("\"maybe_executed\":true", mcp.All, StringComparison.Ordinal);

        // Though the tool is safe: the next answer would be as large.
        Assert.Equal(2, asked);
        Assert.Equal(200, (await CallAsync(gateway, "small")).Status);
        Assert.Equal(0, gateway.Get<ByteBudget>().Taken);
        Assert.Equal(0, gateway.State.Current.Services["svc"].Instances[0].Load.InFlight);
        Assert.Equal("Ready", gateway.State.Current.Services["svc"].Condition.ToString());
    }

    [Fact]
    public async Task A_program_whose_answer_finds_no_room_goes_on_with_its_other_calls()
    {
        var arguments = JsonSerializer.Serialize(SampleServerProcess.StdioArguments("--name", "svc"));
        await using var gateway = await StartAsync($$"""{"command":{{JsonSerializer.Serialize(SampleServerProcess.Command)}},"args":{{arguments}} }""");
        var pid = await PidAsync(gateway);

        var slow = CallAsync(gateway, "delay", "{\"ms\":1000}");
        var large = await CallAsync(gateway, "big", "{\"bytes\":3000000}");

        Assert.Equal(503, large.Status);
        Assert.Contains("\"overloaded\"", large.All, StringComparison.Ordinal);
        Assert.Contains("\"maybe_executed\":true", large.All, StringComparison.Ordinal);
        Assert.Equal(200, (await slow).Status);
        Assert.Equal(pid, await PidAsync(gateway));
        Assert.Equal(0, gateway.Get<ByteBudget>().Taken);
    }

    [Theory]
    [InlineData("/api/services/svc/tools/small")]
    [InlineData("/mcp")]
    public async Task A_large_request_without_room_is_told_to_come_later(string path)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) => ScriptedServer.ResultAsync(context, request, request.Method == "tools/list" ? Tools : "{\"content\":[]}"));
        await using var gateway = await StartAsync($$"""{"url":"{{server.Mcp}}"}""");
        var isMcp = path == "/mcp";
        var arguments = $$"""{"text":"{{new string('x', 3_000_000)}}"}""";
        var body = isMcp ? Modern.Body("tools/call", $"\"name\":\"svc__small\",\"arguments\":{arguments}") : arguments;
        (string, string)[] headers = isMcp ? [("Accept", "application/json, text/event-stream"), .. Modern.Headers("tools/call", "svc__small")] : [];

        var refused = await gateway.SendAsync(HttpMethod.Post, path, body, headers);

        Assert.Equal(503, refused.Status);
        Assert.Contains("\"overloaded\"", refused.All, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", refused.All, StringComparison.Ordinal);
        Assert.Equal(0, server.Count("tools/call"));
        Assert.Equal(0, gateway.Get<ByteBudget>().Taken);
        Assert.Equal(200, (await CallAsync(gateway, "small")).Status);
    }

    private static async Task<WholeGateway> StartAsync(string service)
    {
        var gateway = await WholeGateway.StartAsync(new() { ["McpRegistry:Buffers:MaxBytes"] = $"{1024 * 1024}" }, servers: $$"""{"mcpServers":{"svc":{{service}} } }""");
        await WholeGateway.UntilAsync(() => gateway.State.Current.Services.TryGetValue("svc", out var svc) && svc.Catalog.Tools.Length > 1, () => "its tools are listed");
        return gateway;
    }

    private static Task<(int Status, string All)> CallAsync(WholeGateway gateway, string tool, string arguments = "{}") =>
        gateway.SendAsync(HttpMethod.Post, $"/api/services/svc/tools/{tool}", arguments);

    private static async Task<string> PidAsync(WholeGateway gateway) => (await CallAsync(gateway, "whoami")).All.Split("\"pid\":")[1].Split(',', '}')[0];

    private static async Task LargeAsync(HttpContext context, Received request, string way)
    {
        var text = new string('x', 4_000_000);
        var result = $$$"""{"jsonrpc":"2.0","id":{{{request.Id}}},"result":{"content":[{"type":"text","text":"{{{text}}}"}] } }""";
        if (way is "json" or "chunked")
        {
            context.Response.ContentType = "application/json";
            if (way == "json") context.Response.ContentLength = result.Length;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(result));
            return;
        }

        await ScriptedServer.EventStreamAsync(context);
        if (way == "progress") result = $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"message":"{{{text}}}"} }""";
        await ScriptedServer.WriteAsync(context, $"data: {result}\n\n");
    }
}
