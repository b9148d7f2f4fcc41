using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Upstream.Http;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Upstream.PlainHttp;

public sealed class PlainHttpClientTests
{
    private const string ToolsDocument = """
        {"openapi":"3.1.0","paths":{
          "/tools/add":{"post":{"operationId":"ignored","summary":"Adds.","requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Pair"}}}}}},
          "/tools/{any}":{"post":{"operationId":"any"}},
          "/health":{"get":{"operationId":"health"}}},
         "components":{"schemas":{"Pair":{"type":"object","properties":{"a":{"type":"number"},"next":{"$ref":"#/components/schemas/Pair"}},"required":["a"]}}}}
        """;

    private const string OperationsDocument = """
        {"openapi":"3.1.0","paths":{
          "/items/{item_id}":{
            "parameters":[{"$ref":"#/components/parameters/Item"}],
            "get":{"operationId":"read item/v1","description":"Reads.","parameters":[{"name":"q","in":"query","schema":{"type":"string"}},{"name":"tag","in":"query","schema":{"type":"array"}},{"name":"X-H","in":"header"}]},
            "put":{"operationId":"put_item","requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"name":{"type":"string"},"evil":{"$ref":"http://127.0.0.1:9/x.json"}},"required":["name"]}}}}},
            "patch":{"operationId":"patch_item","requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"array"}}}}},
            "delete":{"summary":"No id."}}},
         "components":{"parameters":{"Item":{"name":"item_id","in":"path","required":true,"schema":{"type":"string"}}}}}
        """;

    private readonly ConcurrentQueue<(string Line, string Body, string? Key)> _requests = new();

    [Fact]
    public async Task Tools_come_from_the_paths_under_tools()
    {
        await using var server = await StartAsync(ToolsDocument);
        await using var upstream = await ConnectAsync(server);

        using var list = await upstream.SendAsync("tools/list");

        var tool = Assert.Single(JsonElement.Parse(list.ResultText()).GetProperty("tools").EnumerateArray());
        Assert.Equal(("add", "Adds."), (tool.GetProperty("name").GetString(), tool.GetProperty("description").GetString()));
        var schema = tool.GetProperty("inputSchema");
        Assert.Equal("object", schema.GetProperty("type").GetString());
        Assert.Equal("#/$defs/Pair", schema.GetProperty("properties").GetProperty("next").GetProperty("$ref").GetString());
        Assert.Equal("number", schema.GetProperty("$defs").GetProperty("Pair").GetProperty("properties").GetProperty("a").GetProperty("type").GetString());
        var connection = upstream.Client.Connection!;
        Assert.Equal((ProtocolEra.Legacy, false, true), (connection.Era, connection.IsStateful, connection.Has("tools")));
    }

    [Fact]
    public async Task Otherwise_every_operation_is_a_tool_with_or_without_an_id()
    {
        await using var server = await StartAsync(OperationsDocument);
        await using var upstream = await ConnectAsync(server);

        using var list = await upstream.SendAsync("tools/list");

        var tools = JsonElement.Parse(list.ResultText()).GetProperty("tools").EnumerateArray().ToDictionary(tool => tool.GetProperty("name").GetString()!);
        Assert.Equal(["delete_items_item_id", "patch_item", "put_item", "read_item_v1"], tools.Keys.Order());
        Assert.True(tools["read_item_v1"].GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean());
        Assert.False(tools["put_item"].TryGetProperty("annotations", out _));
        Assert.Equal("[\"item_id\",\"name\"]", tools["put_item"].GetProperty("inputSchema").GetProperty("required").GetRawText());
        Assert.Equal("{}", tools["put_item"].GetProperty("inputSchema").GetProperty("properties").GetProperty("evil").GetRawText());
        Assert.Equal(["X-H", "item_id", "q", "tag"], tools["read_item_v1"].GetProperty("inputSchema").GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("read_item_v1", "{\"item_id\":\"a?b ü\",\"q\":\"x&y\",\"tag\":[1,\"two\"]}", "GET /items/a%3Fb%20%C3%BC?q=x%26y&tag=1&tag=two", "")]
    [InlineData("read_item_v1", "{\"item_id\":7,\"q\":null}", "GET /items/7", "")]
    [InlineData("put_item", "{\"item_id\":\"7\",\"name\":\"n\",\"more\":[1.50]}", "PUT /items/7", "{\"name\":\"n\",\"more\":[1.50]}")]
    [InlineData("patch_item", "{\"item_id\":\"7\",\"body\":[1]}", "PATCH /items/7", "[1]")]
    public async Task Arguments_are_placed_where_they_belong(string tool, string arguments, string line, string body)
    {
        await using var server = await StartAsync(OperationsDocument);
        await using var upstream = await ConnectAsync(server);

        using var reply = await upstream.CallAsync(tool, arguments);

        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Equal((line, body), (_requests.Last().Line, _requests.Last().Body));
    }

    [Theory]
    [InlineData("{\"item_id\":\"..\"}")]
    [InlineData("{\"item_id\":\".\"}")]
    [InlineData("{\"item_id\":\"\"}")]
    [InlineData("{}")]
    public async Task An_argument_cannot_lead_to_another_path(string arguments)
    {
        await using var server = await StartAsync(OperationsDocument);
        await using var upstream = await ConnectAsync(server);
        var before = _requests.Count;

        using var reply = await upstream.CallAsync("read_item_v1", arguments);

        Assert.Equal((UpstreamOutcome.Invalid, false), (reply.Outcome, reply.WasSent));
        Assert.Contains("item_id", reply.Detail, StringComparison.Ordinal);
        Assert.Equal(before, _requests.Count);
    }

    [Fact]
    public async Task A_call_posts_the_arguments_with_the_key_and_gives_text_and_object()
    {
        await using var server = await StartAsync(ToolsDocument, context => ScriptedServer.JsonAsync(context, 201, "{\"sum\": 3.0, \"ü\":\"\\u00fc\"}"));
        await using var upstream = await ConnectAsync(server);

        using var reply = await upstream.CallAsync("add", "{\"a\": 1.50, \"unknown\":null}");

        Assert.Equal(("POST /tools/add", "{\"a\": 1.50, \"unknown\":null}", "Bearer k"), _requests.Last());
        Assert.Equal("{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"sum\\\": 3.0, \\\"ü\\\":\\\"\\\\u00fc\\\"}\"}],\"structuredContent\":{\"sum\": 3.0, \"ü\":\"\\u00fc\"}}", reply.ResultText());
    }

    [Theory]
    [InlineData("[1]", "{\"content\":[{\"type\":\"text\",\"text\":\"[1]\"}]}")]
    [InlineData("plain ü", "{\"content\":[{\"type\":\"text\",\"text\":\"plain ü\"}]}")]
    [InlineData("{\"broken\":", "{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"broken\\\":\"}]}")]
    [InlineData("", "{\"content\":[]}")]
    public async Task An_answer_that_is_no_object_is_text(string body, string result)
    {
        await using var server = await StartAsync(ToolsDocument, context => ScriptedServer.JsonAsync(context, 200, body));
        await using var upstream = await ConnectAsync(server);

        using var reply = await upstream.CallAsync("add");

        Assert.Equal(result, reply.ResultText());
    }

    [Theory]
    [InlineData(307, UpstreamOutcome.Refused, false, false)]
    [InlineData(308, UpstreamOutcome.Refused, false, false)]
    [InlineData(401, UpstreamOutcome.Refused, false, true)]
    [InlineData(421, UpstreamOutcome.Refused, false, true)]
    [InlineData(408, UpstreamOutcome.SentButNoAnswer, true, false)]
    [InlineData(502, UpstreamOutcome.SentButNoAnswer, true, false)]
    [InlineData(503, UpstreamOutcome.SentButNoAnswer, true, false)]
    [InlineData(504, UpstreamOutcome.SentButNoAnswer, true, false)]
    public async Task These_statuses_are_no_answers_of_the_tool(int status, UpstreamOutcome outcome, bool wasSent, bool isAlive)
    {
        await using var server = await StartAsync(ToolsDocument, context => ScriptedServer.JsonAsync(context, status, "{}"));
        await using var upstream = await ConnectAsync(server);

        using var reply = await upstream.CallAsync("add");

        Assert.Equal((outcome, wasSent, isAlive), (reply.Outcome, reply.WasSent, reply.IsAlive));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(409)]
    [InlineData(422)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Other_errors_are_answers_of_the_tool_with_a_bounded_text(int status)
    {
        await using var server = await StartAsync(ToolsDocument, context => ScriptedServer.JsonAsync(context, status, new string('ü', 5000)));
        await using var upstream = await ConnectAsync(server);

        using var reply = await upstream.CallAsync("add");

        Assert.True(reply.Response.IsToolError);
        var result = JsonElement.Parse(reply.ResultText());
        Assert.True(result.GetProperty("isError").GetBoolean());
        var text = result.GetProperty("content")[0].GetProperty("text").GetString()!;
        Assert.StartsWith($"HTTP {status}: ü", text, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 4000, 4200);
    }

    [Fact]
    public async Task A_404_of_an_operation_speaks_of_the_item()
    {
        await using var server = await StartAsync(OperationsDocument, context => ScriptedServer.JsonAsync(context, 404, "no such item"));
        await using var upstream = await ConnectAsync(server);

        using var reply = await upstream.CallAsync("read_item_v1", "{\"item_id\":\"x\"}");

        Assert.True(reply.Response.IsToolError);
    }

    [Fact]
    public async Task Declared_tools_need_no_document()
    {
        await using var server = await StartAsync(document: null);
        var tools = ImmutableSortedDictionary<string, ToolSettings>.Empty.Add("add", new ToolSettings { Description = "Adds.", InputSchema = JsonElement.Parse("{\"type\":\"object\",\"x\":1}") });
        await using var upstream = await ConnectAsync(server, new ServiceConfig { Tools = tools });

        using var list = await upstream.SendAsync("tools/list");
        using var reply = await upstream.CallAsync("add");
        using var unknown = await upstream.CallAsync("other");

        Assert.Equal("{\"tools\":[{\"name\":\"add\",\"description\":\"Adds.\",\"inputSchema\":{\"type\":\"object\",\"x\":1}}]}", list.ResultText());
        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
        Assert.Contains("Unknown tool", unknown.ErrorText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_asks_the_health_path_and_other_methods_are_not_known()
    {
        var health = 200;
        await using var server = await StartAsync(ToolsDocument, health: () => health);
        await using var upstream = await ConnectAsync(server);

        using var good = await upstream.SendAsync("ping");
        health = 503;
        using var bad = await upstream.SendAsync("ping");
        health = 401;
        using var alive = await upstream.SendAsync("ping");
        using var other = await upstream.SendAsync("prompts/list");

        Assert.Equal("{}", good.ResultText());
        Assert.Equal(UpstreamOutcome.SentButNoAnswer, bad.Outcome);
        Assert.True(alive.IsAlive);
        Assert.Contains("-32601", other.ErrorText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_that_fails_for_a_moment_is_asked_for_again()
    {
        var failures = 2;
        await using var server = await RawServer.StartAsync(context =>
        {
            if (context.Request.Path == "/api/health") return Task.CompletedTask;
            return Interlocked.Decrement(ref failures) >= 0 ? ScriptedServer.JsonAsync(context, 503, "") : ScriptedServer.JsonAsync(context, 200, ToolsDocument);
        });
        await using var upstream = await ConnectAsync(server);

        using var list = await upstream.SendAsync("tools/list");

        Assert.Contains("\"add\"", list.ResultText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{\"paths\":[]}")]
    [InlineData("{\"a\":1,\"a\":2,\"paths\":{}}")]
    public async Task A_document_that_is_none_fails_the_connection_in_words(string document)
    {
        await using var server = await StartAsync(document);
        await using var upstream = new UpstreamUnderTest(new Uri(server.Base, "/api"), Registration(new ServiceConfig()));

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("OpenAPI", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_given_up_closes_the_request()
    {
        var aborted = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var server = await StartAsync(ToolsDocument, async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            arrived.TrySetResult();
            await aborted.Task;
        });
        await using var upstream = await ConnectAsync(server);
        using var caller = new CancellationTokenSource();
        var call = upstream.CallAsync("add", cancellationToken: caller.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await caller.CancelAsync();

        using var reply = await call;
        Assert.Equal((UpstreamOutcome.Cancelled, true), (reply.Outcome, reply.WasSent));
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static ServiceRegistration Registration(ServiceConfig config) => new() { Name = "plain", Type = ServiceType.FastApi, ApiKey = "k", Config = config };

    private static Task<UpstreamUnderTest> ConnectAsync(RawServer server, ServiceConfig? config = null) =>
        UpstreamUnderTest.ConnectAsync(new Uri(server.Base, "/api/"), Registration(config ?? new ServiceConfig()));

    private Task<RawServer> StartAsync(string? document, RequestDelegate? onCall = null, Func<int>? health = null) => RawServer.StartAsync(async context =>
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var raw = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        Assert.StartsWith("/api", raw, StringComparison.Ordinal);
        switch (context.Request.Path)
        {
            case "/api/health":
                context.Response.StatusCode = health?.Invoke() ?? 200;
                return;
            case "/api/openapi.json":
                if (document is null) context.Response.StatusCode = 404;
                else await ScriptedServer.JsonAsync(context, 200, document);
                return;
        }

        _requests.Enqueue(($"{context.Request.Method} {raw["/api".Length..]}", body, context.Request.Headers.Authorization));
        await (onCall ?? (answer => ScriptedServer.JsonAsync(answer, 200, "{}")))(context);
    });
}
