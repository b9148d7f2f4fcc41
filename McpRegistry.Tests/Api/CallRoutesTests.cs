using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.Api;

public sealed class CallRoutesTests : IAsyncLifetime
{
    private const string Call = "/api/services/demo/call";
    private RestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RestHost.StartAsync();
        _host.State.Put(Services.Ready("demo", "echo", "näme with \"quotes\""));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_result_comes_back_byte_by_byte_as_its_service_sent_it()
    {
        const string Result = """{"content":[{"type":"text","text":"ü\u00e9"}],  "isError":true,"unknown":{"a":[1e5]}}""";
        _host.Dispatcher.End = call => FakeDispatcher.Answered(call, FakeInstanceClient.Result(Result));

        var answer = await _host.PostAsync(Call, """{"tool":"echo","args":{"message":"hello"}}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(Result, answer.Body);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal("demo-1", answer.Headers["X-Mcp-Instance"]);
        Assert.Equal("1", answer.Headers["X-Mcp-Attempts"]);
        Assert.False(answer.Headers.ContainsKey("Transfer-Encoding"));
    }

    [Theory]
    [InlineData("""{"tool":"echo","args":{"a":  [1,{"b":"ü"}]}}""", """{"name":"echo","arguments":{"a":  [1,{"b":"ü"}]}}""")]
    [InlineData("""{"arguments":{"a":1},"tool":"echo"}""", """{"name":"echo","arguments":{"a":1}}""")]
    [InlineData("""{"tool":"echo"}""", """{"name":"echo"}""")]
    [InlineData("""{"tool":"echo","args":null}""", """{"name":"echo"}""")]
    [InlineData("""{"tool":"\u0065cho","args":{}}""", """{"name":"\u0065cho","arguments":{}}""")]
    public async Task The_arguments_go_on_as_they_came(string body, string sent)
    {
        var answer = await _host.PostAsync(Call, body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(sent, _host.Dispatcher.LastParams);
        Assert.Equal("echo", _host.Dispatcher.Last!.Target);
        Assert.Equal("tools/call", _host.Dispatcher.Last.Method);
    }

    [Theory]
    [InlineData(Call, """{"tool":"echo","args":{"path":"/safe","path":"/etc/shadow"}}""")]
    [InlineData(Call, """{"tool":"echo","args":{"deep":[{"path":1,"p\u0061th":2}]}}""")]
    [InlineData("/api/services/demo/tools/echo", """{"path":"/safe","path":"/etc/shadow"}""")]
    [InlineData("/api/services/demo/tools/echo", """{"path":"/safe","p\u0061th":"/etc/shadow"}""")]
    public async Task A_name_that_stands_twice_in_the_arguments_is_refused_before_anything_is_sent(string path, string body)
    {
        var answer = await _host.PostAsync(path, body);

        Assert.Contains("twice", answer.IsProblem(400, "invalid_arguments").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(_host.Dispatcher.Last);
    }

    /// <summary>As over MCP: a modern server that declares such parameters refuses calls without them.</summary>
    [Theory]
    [InlineData(Call, """{"tool":"query","args":{"region":"größer","deep":{"count":3},"other":"x"}}""")]
    [InlineData("/api/services/demo/tools/query", """{"region":"größer","deep":{"count":3},"other":"x"}""")]
    public async Task Arguments_that_the_tool_wants_in_headers_go_there_too_and_no_others(string path, string body)
    {
        var service = Services.Ready("demo");
        var query = new CatalogEntry
        {
            Kind = CatalogKind.Tool,
            Service = "demo",
            Name = "query",
            ExposedName = "demo__query",
            Definition = System.Text.Json.JsonElement.Parse("""
                {"name":"query","inputSchema":{"type":"object","properties":{
                "region":{"type":"string","x-mcp-header":"Region"},"deep":{"type":"object","properties":{"count":{"type":"integer","x-mcp-header":"Count"}}}}}}
                """),
        };
        _host.State.Put(service with { Catalog = service.Catalog with { Tools = [query] } });

        Assert.Equal(200, (await _host.PostAsync(path, body, headers: ("Mcp-Param-Tenant", "admin"))).Status);
        Assert.Equal(["Mcp-Param-Count=3", "Mcp-Param-Region==?base64?Z3LDtsOfZXI=?="], _host.Dispatcher.Last!.Headers!.Select(one => $"{one.Key}={one.Value}").Order(StringComparer.Ordinal));

        Assert.Equal(200, (await _host.PostAsync(Call, """{"tool":"query"}""", headers: ("Mcp-Param-Region", "eu"))).Status);
        Assert.Empty(_host.Dispatcher.Last!.Headers!);
        (await _host.PostAsync(Call, """{"tool":"query","args":{"region":"cut \ud83d"}}""")).IsProblem(400, "invalid_arguments");
    }

    [Theory]
    [InlineData(Call)]
    [InlineData("/api/services/demo/tools/echo")]
    [InlineData("/api/services")]
    public async Task A_compressed_body_is_refused_by_its_name_and_not_as_broken_JSON(string path)
    {
        var answer = await _host.PostAsync(path, "\u001f...", headers: ("Content-Encoding", "gzip"));

        Assert.Contains("Compressed", answer.IsProblem(415, "invalid_arguments").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("identity", answer.Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task Odd_bodies_get_an_answer_or_a_problem()
    {
        string[] values = ["null", "7", "1e999", "true", "\"\"", "\"x\"", "\"\\ud800\"", "[]", "{}", "{\"\\ud800\":1}", "{\"a\":\"\\ud800\"}"];
        foreach (var value in values)
        {
            string[] bodies =
            [
                value, $"{{\"tool\":{value}}}", $"{{\"tool\":\"echo\",\"args\":{value}}}", $"{{\"tool\":\"echo\",\"\\ud800\":{value}}}", $"{{\"tool\":\"echo\",\"task\":{value}}}",
                $"{{\"tool\":\"echo\",\"timeout_ms\":{value}}}", $"{{\"tool\":\"echo\",\"retry\":{value}}}", $"{{\"tool\":\"echo\",\"_meta\":{value}}}",
            ];
            foreach (var body in bodies)
                foreach (var path in (string[])[Call, "/api/services/demo/tools/echo"])
                {
                    var answer = await _host.PostAsync(path, body);
                    if (answer.Status != 200) answer.IsProblem(answer.Status, answer.Status == 404 ? "unknown_tool" : "invalid_arguments");
                }
        }
    }

    [Fact]
    public async Task A_large_call_in_many_segments_goes_on_whole()
    {
        var text = new string('x', 300_000);

        await _host.PostAsync(Call, $$$"""{"tool":"echo","args":{"text":"{{{text}}}"}}""");

        Assert.Equal($$$"""{"name":"echo","arguments":{"text":"{{{text}}}"}}""", _host.Dispatcher.LastParams);
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"name":"echo","arguments":{"a":1}}""")]
    [InlineData("{}", """{"name":"echo","arguments":{}}""")]
    [InlineData(null, """{"name":"echo"}""")]
    public async Task A_tools_own_route_takes_the_arguments_alone(string? body, string sent)
    {
        var answer = await _host.PostAsync("/api/services/demo/tools/echo", body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(sent, _host.Dispatcher.LastParams);
    }

    [Fact]
    public async Task A_tools_own_route_finds_names_with_any_character()
    {
        var answer = await _host.PostAsync("/api/services/demo/tools/" + Uri.EscapeDataString("näme with \"quotes\""), "{}");

        Assert.Equal(200, answer.Status);
        Assert.Equal("näme with \"quotes\"", _host.Dispatcher.Last!.Target);
    }

    [Theory]
    [InlineData("a.b/c d", "a.b%2Fc%20d")]
    [InlineData("a.b/c d", "a.b%2fc%20d?x=/y")]
    [InlineData("a/b", "a%2Fb/")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("a%b", "a%25b")]
    [InlineData("100%", "100%25")]
    [InlineData("ü/%2f/", "%C3%BC%2F%252f%2F")]
    [InlineData("../etc", "..%2Fetc")]
    public async Task A_slash_or_a_percent_sign_in_a_tools_name_does_not_hide_the_tool(string name, string segment)
    {
        _host.State.Put(Services.Ready("odd", name));

        var answer = await _host.PostAsync("/api/services/odd/tools/" + segment, "{}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(name, _host.Dispatcher.Last!.Target);
        (await _host.PostAsync("/api/services/demo/tools/" + segment, "{}")).IsProblem(404, "unknown_tool");
    }

    [Fact]
    public async Task A_caller_hears_which_argument_cannot_be_sent()
    {
        _host.Dispatcher.End = call => CallOutcome.Failed(ErrorCode.InvalidArguments, "demo", "demo-1", attempts: 1, maybeExecuted: false, detail: "The argument \"id\" is missing.");

        var problem = (await _host.PostAsync(Call, """{"tool":"echo"}""")).IsProblem(400, "invalid_arguments");

        Assert.Equal("The argument \"id\" is missing.", problem.GetProperty("detail").GetString());
        Assert.False(problem.GetProperty("maybe_executed").GetBoolean());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"tool\"")]
    [InlineData("""{"tool":"echo"} x""")]
    [InlineData("""{"tool":"echo","args":{"a":01}}""")]
    [InlineData("""{"tool":"echo",}""")]
    [InlineData("""{"tool":7}""")]
    [InlineData("""{"tool":null}""")]
    [InlineData("""{"args":{}}""")]
    [InlineData("""{"tool":"echo","args":[]}""")]
    [InlineData("""{"tool":"echo","args":"x"}""")]
    [InlineData("""{"tool":"echo","tool":"echo"}""")]
    [InlineData("""{"tool":"echo","args":{},"arguments":{}}""")]
    [InlineData("""{"tool":"echo","argz":{}}""")]
    [InlineData("""{"tool":"\ud800"}""")]
    [InlineData("""{"tool":"echo","timeout_ms":0}""")]
    [InlineData("""{"tool":"echo","timeout_ms":"5"}""")]
    [InlineData("""{"tool":"echo","retry":true}""")]
    [InlineData("""{"tool":"echo","retry":"always"}""")]
    public async Task What_is_no_call_is_refused_before_anything_is_sent(string body)
    {
        var answer = await _host.PostAsync(Call, body);

        Assert.Equal("demo", answer.IsProblem(400, "invalid_arguments").GetProperty("service").GetString());
        Assert.Null(_host.Dispatcher.Last);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_and_nesting_without_end_are_refused()
    {
        using var content = new ByteArrayContent([.. "{\"tool\":\"echo\",\"args\":{\"a\":\""u8, 0xFF, .. "\"}}"u8]);
        content.Headers.ContentType = new("application/json");
        using var notText = await _host.Http.PostAsync(Call, content);
        var deep = await _host.PostAsync(Call, $$"""{"tool":"echo","args":{"a":{{new string('[', 100_000)}}""");

        Assert.Equal(400, (int)notText.StatusCode);
        deep.IsProblem(400, "invalid_arguments");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonx")]
    [InlineData("")]
    public async Task Only_JSON_is_taken(string contentType)
    {
        (await _host.PostAsync(Call, """{"tool":"echo"}""", contentType)).IsProblem(415, "invalid_arguments");
        if (contentType.Length > 0) (await _host.PostAsync("/api/services/demo/tools/echo", "{}", contentType)).IsProblem(415, "invalid_arguments");
        Assert.Null(_host.Dispatcher.Last);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    public async Task JSON_may_say_that_it_is_UTF8(string contentType) =>
        Assert.Equal(200, (await _host.PostAsync(Call, """{"tool":"echo"}""", contentType)).Status);

    [Fact]
    public async Task A_body_above_the_limit_is_refused()
    {
        await using var host = await RestHost.StartAsync(new() { ["McpRegistry:Http:MaxRequestBytes"] = "2048" });
        host.State.Put(Services.Ready("demo", "echo"));

        var answer = await host.PostAsync(Call, $$$"""{"tool":"echo","args":{"text":"{{{new string('x', 5000)}}}"}}""");

        answer.IsProblem(413, "invalid_arguments");
    }

    [Fact]
    public async Task An_unknown_service_and_an_unknown_tool_are_told_apart()
    {
        (await _host.PostAsync("/api/services/nobody/call", """{"tool":"echo"}""")).IsProblem(404, "unknown_service");
        (await _host.PostAsync(Call, """{"tool":"nothing"}""")).IsProblem(404, "unknown_tool");
        (await _host.PostAsync("/api/services/demo/tools/nothing", "{}")).IsProblem(404, "unknown_tool");
        (await _host.PostAsync(Call, $$"""{"tool":"{{new string('x', 5000)}}"}""")).IsProblem(404, "unknown_tool");
        (await _host.PostAsync("/api/services/..%2f..%2fetc/call", """{"tool":"echo"}""")).IsProblem(404, "unknown_service");
    }

    [Fact]
    public async Task A_service_that_never_came_up_is_away_and_its_tools_are_not_unknown()
    {
        _host.State.Put(Services.Ready("late") with { Condition = ServiceCondition.Starting });

        (await _host.PostAsync("/api/services/late/call", """{"tool":"echo"}""")).IsProblem(503, "no_healthy_instance");
    }

    [Fact]
    public async Task The_shorter_wish_of_header_and_body_counts()
    {
        await _host.PostAsync(Call, """{"tool":"echo","timeout_ms":5000}""", headers: ("X-Timeout-Ms", "700"));
        Assert.Equal(TimeSpan.FromMilliseconds(700), _host.Dispatcher.Last!.Timeout);

        await _host.PostAsync(Call, """{"tool":"echo","timeout_ms":300}""", headers: ("X-Timeout-Ms", "700"));
        Assert.Equal(TimeSpan.FromMilliseconds(300), _host.Dispatcher.Last!.Timeout);

        await _host.PostAsync(Call, """{"tool":"echo"}""");
        Assert.Null(_host.Dispatcher.Last!.Timeout);

        (await _host.PostAsync(Call, """{"tool":"echo"}""", headers: ("X-Timeout-Ms", "-1"))).IsProblem(400, "invalid_arguments");
    }

    [Fact]
    public async Task A_call_is_safe_when_its_client_or_a_trusted_service_says_so()
    {
        _host.State.Put(Services.Ready("demo") with { Catalog = new() { Tools = [Services.Tool("demo", "echo"), Services.Tool("demo", "read", claimsSafe: true)] } });

        await _host.PostAsync(Call, """{"tool":"echo"}""");
        Assert.False(_host.Dispatcher.Last!.IsSafe);
        await _host.PostAsync(Call, """{"tool":"echo","retry":"safe"}""");
        Assert.True(_host.Dispatcher.Last!.IsSafe);
        await _host.PostAsync(Call, """{"tool":"read"}""");
        Assert.True(_host.Dispatcher.Last!.IsSafe);
    }

    [Theory]
    [InlineData(-32602, 400, "invalid_arguments")]
    [InlineData(-32601, 404, "unknown_tool")]
    [InlineData(-32603, 502, "upstream_failed")]
    [InlineData(17, 502, "upstream_failed")]
    public async Task An_error_of_the_upstream_becomes_a_problem_with_its_number_and_none_of_its_text(int number, int status, string code)
    {
        _host.Dispatcher.End = call => FakeDispatcher.Answered(call, FakeInstanceClient.Error(number));

        var problem = (await _host.PostAsync(Call, """{"tool":"echo"}""")).IsProblem(status, code);

        Assert.Equal(number, problem.GetProperty("upstream_code").GetInt32());
        // Whatever its number: what it did before it said so, it alone knows.
        Assert.True(problem.GetProperty("maybe_executed").GetBoolean());
        Assert.False(problem.TryGetProperty("message", out _));
    }

    [Theory]
    [InlineData("overloaded", false, 503)]
    [InlineData("upstream_timeout", true, 504)]
    public async Task What_another_replica_says_of_a_call_is_told_as_if_it_were_our_own(string code, bool maybeExecuted, int status)
    {
        var error = $$$"""{"code":-32000,"message":"m","data":{"code":"{{{code}}}","maybe_executed":{{{(maybeExecuted ? "true" : "false")}}},"retry_after_ms":1500}}""";
        _host.Dispatcher.End = call => FakeDispatcher.OfReplica(call, FakeInstanceClient.Error(error));

        var problem = (await _host.PostAsync(Call, """{"tool":"echo"}""")).IsProblem(status, code);

        Assert.Equal(maybeExecuted, problem.GetProperty("maybe_executed").GetBoolean());
        Assert.Equal(1500, problem.GetProperty("retry_after_ms").GetInt64());
    }

    [Theory]
    [InlineData("""{"code":-32000,"message":"m"}""")]
    [InlineData("""{"code":-32000,"message":"m","data":7}""")]
    [InlineData("""{"code":-32000,"message":"m","data":{"code":"overloaded"}}""")]
    [InlineData("""{"code":-32000,"message":"m","data":{"code":"new_one","maybe_executed":false,"retry_after_ms":"x"}}""")]
    public async Task An_error_of_the_service_itself_stays_one_by_way_of_another_replica(string error)
    {
        _host.Dispatcher.End = call => FakeDispatcher.OfReplica(call, FakeInstanceClient.Error(error));

        (await _host.PostAsync(Call, """{"tool":"echo"}""")).IsProblem(502, "upstream_failed");
    }

    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Every_failure_is_a_problem_that_says_what_a_client_needs_to_go_on(ErrorCode code)
    {
        _host.Dispatcher.End = call => CallOutcome.Failed(code, "demo", "demo-1", attempts: 2, maybeExecuted: true, retryAfter: TimeSpan.FromMilliseconds(1500));

        var answer = await _host.PostAsync(Call, """{"tool":"echo"}""");

        var problem = answer.IsProblem(code.HttpStatus(), code.WireName());
        Assert.Equal("demo", problem.GetProperty("service").GetString());
        Assert.Equal("demo-1", problem.GetProperty("instance").GetString());
        Assert.Equal(2, problem.GetProperty("attempts").GetInt32());
        Assert.True(problem.GetProperty("maybe_executed").GetBoolean());
        Assert.Equal(1500, problem.GetProperty("retry_after_ms").GetInt64());
        Assert.Equal("2", answer.Headers["Retry-After"]);
        Assert.Equal("2", answer.Headers["X-Mcp-Attempts"]);
    }
}
