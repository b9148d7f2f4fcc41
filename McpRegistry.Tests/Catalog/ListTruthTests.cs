using System.Text.Json;

using McpRegistry.Core.Storage;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Upstream.Http;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Catalog;

/// <summary>What a user sees of lists that come late, not at all, or after a restart: a real gateway before scripted servers.</summary>
public sealed class ListTruthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_could_be_read_is_there_and_what_could_not_is_named_until_it_can()
    {
        var prompts = "{\"error\":{\"code\":-32603,\"message\":\"canary\"}}";
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, "{\"tools\":{},\"prompts\":{},\"resources\":{}}", (context, request) => request.Method switch
        {
            "tools/list" => ScriptedServer.ResultAsync(context, request, Tools("echo")),
            "prompts/list" => ScriptedServer.JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{request.Id},{Volatile.Read(ref prompts)[1..]}"),
            "resources/list" => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted),
            "resources/templates/list" => ScriptedServer.ResultAsync(context, request, "{\"resourceTemplates\":[]}"),
            _ => OtherAsync(context, request),
        });
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Http("odd", server.Mcp).With("odd", "timeouts", JsonNodeOf("{\"idle\":\"4s\",\"startup\":\"4s\"}")));

        await gateway.ListsToolsOfAsync("odd");
        var odd = await AwaitAsync(gateway, "odd", one => ProblemsOf(one) == 2 && one.GetProperty("reason").GetString()!.Contains("within", StringComparison.Ordinal));

        Assert.Equal("degraded", odd.GetProperty("state").GetString());
        Assert.Equal("The prompts could not be read: it answered an error (-32603); the resources could not be read: it did not answer within 4 s.", odd.GetProperty("reason").GetString());
        var problem = odd.GetProperty("catalog_problems")[0];
        Assert.Equal(
            ("prompts", JsonValueKind.Null, "it answered an error (-32603)", false),
            (problem.GetProperty("list").GetString(), problem.GetProperty("item").ValueKind, problem.GetProperty("reason").GetString(), problem.GetProperty("mended").GetBoolean()));
        Assert.Equal("odd", (await gateway.Rest.GetAsync("/api/tools")).GetProperty("degraded")[0].GetString());
        Assert.Equal(1, odd.GetProperty("tool_count").GetInt32());

        Volatile.Write(ref prompts, "{\"result\":{\"prompts\":[{\"name\":\"p\"}]}}");
        await AwaitAsync(gateway, "odd", one => ProblemsOf(one) == 1);
        Assert.DoesNotContain("canary", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_kill_and_a_restart_the_tools_are_listed_though_their_server_is_away()
    {
        var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, (context, request) =>
            request.Method == "tools/list" ? ScriptedServer.ResultAsync(context, request, Tools("echo")) : OtherAsync(context, request));
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Http("files", server.Mcp));
        await gateway.ListsToolsOfAsync("files");
        await Eventually.TrueAsync(() => IsRemembered(gateway), Patience, "it is remembered");

        await server.DisposeAsync();
        await gateway.KillAsync();
        await gateway.RelaunchAsync();
        await Eventually.TrueAsync(gateway.Rest.IsAliveAsync, Patience, "it is back");

        var tools = await gateway.Rest.GetAsync("/api/tools");
        Assert.Equal(("files", "files"), (tools.GetProperty("tools")[0].GetProperty("service").GetString(), tools.GetProperty("degraded")[0].GetString()));
        Assert.Contains((await gateway.Rest.GetAsync("/api/services/files")).GetProperty("state").GetString(), (string[])["starting", "unavailable"]);
    }

    [Fact]
    public async Task After_a_stream_was_opened_anew_the_lists_are_read_at_once()
    {
        var tool = "before";
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var streams = 0;
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Legacy, async (context, request) =>
        {
            if (request.Method == "tools/list") await ScriptedServer.ResultAsync(context, request, Tools(Volatile.Read(ref tool)));
            else if (request.HttpMethod == "GET")
            {
                await ScriptedServer.EventStreamAsync(context);
                await ScriptedServer.WriteAsync(context, ": open\n\n");
                if (Interlocked.Increment(ref streams) == 1) await broken.Task;
                else await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }
            else await ScriptedServer.ResultAsync(context, request, "{}");
        });
        await using var gateway = await GatewayProcess.StartAsync(new ServersFile().Http("files", server.Mcp));
        await gateway.ListsToolsOfAsync("files");
        await Eventually.TrueAsync(() => Volatile.Read(ref streams) == 1, Patience, "the stream is open");

        Volatile.Write(ref tool, "after");
        broken.SetResult();

        await Eventually.TrueAsync(
            async () => (await gateway.Rest.ListAsync("/api/tools"))[0].GetProperty("name").GetString()!.EndsWith("after", StringComparison.Ordinal), Patience, "the new tool is listed");
    }

    [Fact]
    public async Task A_gateway_is_not_put_behind_itself_nor_two_behind_each_other()
    {
        await using var first = await GatewayProcess.StartAsync(new ServersFile());
        await first.Rest.RegisterAsync("self", first.Mcp);
        var self = await AwaitAsync(first, "self", one => one.GetProperty("state").GetString() == "unavailable");
        Assert.Equal("It is this gateway itself.", self.GetProperty("reason").GetString());

        await using var second = await GatewayProcess.StartAsync(new ServersFile().Http("first", first.Mcp));
        await second.ListsToolsOfAsync("first");
        await first.Rest.RegisterAsync("second", second.Mcp);
        var loop = await AwaitAsync(first, "second", one => one.GetProperty("state").GetString() == "unavailable");
        Assert.Equal("It is a gateway that leads back to this one.", loop.GetProperty("reason").GetString());

        Assert.Empty(await first.Rest.ListAsync("/api/tools"));
    }

    private static async Task<JsonElement> AwaitAsync(GatewayProcess gateway, string service, Func<JsonElement, bool> isSo)
    {
        JsonElement shown = default;
        await Eventually.TrueAsync(
            async () =>
            {
                shown = await gateway.Rest.GetAsync($"/api/services/{service}");
                return isSo(shown);
            },
            Patience,
            () => $"{service} is as awaited: {shown}\n{gateway.Output}");
        return shown;
    }

    private static int ProblemsOf(JsonElement service) => service.TryGetProperty("catalog_problem_count", out var count) ? count.GetInt32() : 0;

    private static bool IsRemembered(GatewayProcess gateway)
    {
        using var file = new LastKnownFile(gateway.File("registry.last-known.db"), TimeSpan.FromSeconds(5));
        return !file.Read(out _).IsEmpty;
    }

    private static string Tools(string name) => $$$"""{"tools":[{"name":"{{{name}}}","inputSchema":{"type":"object"}}]}""";

    private static System.Text.Json.Nodes.JsonNode JsonNodeOf(string json) => System.Text.Json.Nodes.JsonNode.Parse(json)!;

    // It is alive, and offers no stream.
    private static Task OtherAsync(HttpContext context, Received request)
    {
        if (request.Method is not null) return ScriptedServer.ResultAsync(context, request, "{}");
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }
}
