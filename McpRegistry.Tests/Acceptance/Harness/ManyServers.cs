using System.Text;
using System.Text.Json;

using McpRegistry.Tests.Upstream.Http;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>As many MCP servers as wanted at the cost of one: each path is a server of twenty tools, and some never answer.</summary>
internal sealed class ManyServers : IAsyncDisposable
{
    public const int ToolsOfEach = 20;
    private static readonly string Tools = string.Join(',', Enumerable.Range(1, ToolsOfEach).Select(number =>
        $$"""{"name":"tool_{{number}}","description":"Does the thing number {{number}} to what it is given.","inputSchema":{"type":"object","properties":{"message":{"type":"string"} },"required":["message"]},"annotations":{"readOnlyHint":true} }"""));

    private RawServer _server = null!;

    public static async Task<ManyServers> StartAsync() => new() { _server = await RawServer.StartAsync(AnswerAsync) };

    /// <summary>The address of a server that is well.</summary>
    public Uri Well(int number) => new(_server.Base, $"/well/{number}/mcp");

    /// <summary>The address of one that takes every request and never answers.</summary>
    public Uri Hanging(int number) => new(_server.Base, $"/hanging/{number}/mcp");

    /// <summary>The address of one that is not there.</summary>
    public static Uri Dead(int number) => new($"http://127.0.0.1:9/dead/{number}/mcp");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/hanging"))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using var request = await JsonDocument.ParseAsync(context.Request.Body);
        if (!request.RootElement.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var result = request.RootElement.GetProperty("method").GetString() switch
        {
            "server/discover" => """{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"many","version":"1"}}}""",
            "tools/list" => $$"""{"resultType":"complete","ttlMs":60000,"cacheScope":"private","tools":[{{Tools}}]}""",
            _ => """{"resultType":"complete","content":[{"type":"text","text":"done"}]}""",
        };
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},"result":{{result}}}"""));
    }
}
