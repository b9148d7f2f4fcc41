using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Mcp;

namespace McpRegistry.Tests.Mcp;

/// <summary>What real clients and proxies send, and the odd shapes that anybody may: an answer or a proper error, never a failure of the gateway.</summary>
public sealed class ClientHabitTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync();
        _host.State.Put(FakeServices.Service("sql", new ServiceCatalog
        {
            Tools = [FakeServices.Tool("sql", """{"name":"query","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}}""")],
            Prompts = [FakeServices.Prompt("sql", "sum")],
            Resources = [FakeServices.Resource("sql", "sql://a")],
            ResourceTemplates = [FakeServices.Template("sql", "sql://{table}")],
            HasCompletions = true,
        }));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public async Task A_cursor_of_null_or_of_nothing_asks_for_the_first_page(string cursor)
    {
        var session = await _host.InitializeAsync();
        foreach (var list in (string[])["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
        {
            Assert.Equal(JsonValueKind.Object, (await _host.LegacyAsync(session, list, $$"""{"cursor":{{cursor}}}""")).Result.ValueKind);
            Assert.Equal(JsonValueKind.Object, (await _host.ModernAsync(list, $"\"cursor\":{cursor}")).Result.ValueKind);
            Assert.Equal(-32602, (await _host.LegacyAsync(session, list, """{"cursor":"2"}""")).ErrorCode);
            Assert.Equal(-32602, (await _host.LegacyAsync(session, list, """{"cursor":0}""")).ErrorCode);
        }
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"ping","params":3}""", "7")]
    [InlineData("""{"jsonrpc":"1.0","id":7,"method":"ping"}""", "7")]
    [InlineData("""{"id":"a-\u00e4","method":"ping"}""", "\"a-\\u00e4\"")]
    [InlineData("""{"method":7,"jsonrpc":"2.0","id":7}""", "7")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":1,"a":2}}""", "7")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":"x"}}""", "7")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"ping","params":{""", "7")]
    [InlineData("""{"jsonrpc":"2.0","id":7}""", "7")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":7,"method":"ping"}""", "null")]
    [InlineData("""{"jsonrpc":"2.0","id":{"id":7},"method":"ping"}""", "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"ping"}""", "null")]
    [InlineData("""{"jsonrpc":"1.0","id":7,"result":{}}""", "null")]
    [InlineData("""{"jsonrpc":"2.0","method":"ping","params":{"id":7},"params":{}}""", "null")]
    [InlineData("""[{"jsonrpc":"2.0","id":7,"method":"ping"}]""", "null")]
    public async Task An_error_names_the_request_whenever_its_id_could_be_read(string body, string id)
    {
        var reply = await _host.SendAsync("/mcp", body);

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(id, reply.Json.GetProperty("id").GetRawText());
    }

    [Fact]
    public async Task Refusals_before_a_session_name_the_request_too()
    {
        const string Ping = """{"jsonrpc":"2.0","id":7,"method":"ping"}""";

        Assert.Equal(7, (await _host.SendAsync("/mcp", Ping)).Json.GetProperty("id").GetInt32());
        Assert.Equal(7, (await _host.SendAsync("/mcp", Ping, (McpHeaders.ProtocolVersion, "1999-01-01"))).Json.GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData("\r\nMCP-Protocol-Version: 2025-06-18\r\nMCP-Protocol-Version: 2025-06-18", 200)]
    [InlineData("\r\nMCP-Protocol-Version: 2025-06-18, 2025-06-18", 200)]
    [InlineData("\r\nMcp-Session-Id: {session}\r\nMCP-Protocol-Version: 2025-06-18", 200)]
    [InlineData("\r\nMCP-Protocol-Version: 2025-06-18\r\nMCP-Protocol-Version: 2025-11-25", 400)]
    [InlineData("\r\nMCP-Protocol-Version: 2025-06-18,2025-11-25", 400)]
    [InlineData("\r\nMcp-Session-Id: other", 400)]
    public async Task A_header_that_says_the_same_twice_says_it_once(string headers, int status)
    {
        var session = await _host.InitializeAsync(version: "2025-06-18");
        const string Body = """{"jsonrpc":"2.0","id":7,"method":"ping"}""";
        using var socket = new TcpClient();
        await socket.ConnectAsync(_host.Http.BaseAddress!.Host, _host.Http.BaseAddress.Port);
        await using var stream = socket.GetStream();
        var request = $"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\nMcp-Session-Id: {session}{headers.Replace("{session}", session, StringComparison.Ordinal)}\r\n\r\n{Body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);

        Assert.StartsWith($"HTTP/1.1 {status} ", await reader.ReadToEndAsync().WaitAsync(McpTestHost.Timeout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_modern_request_may_repeat_its_headers_as_well()
    {
        Assert.Equal(HttpStatusCode.OK, (await CallAsync([.. Modern.Headers("tools/call", "sql__query")])).Status);
        Assert.Equal("eu", _host.Dispatcher.Calls.Single().Call.Headers!.Single().Value);
        Assert.Equal(-32020, (await CallAsync((McpHeaders.Name, "sql__other"))).ErrorCode);
        Assert.Equal(-32020, (await CallAsync((McpHeaders.Method, "ping"))).ErrorCode);

        Task<Reply> CallAsync(params (string, string)[] more) => _host.ModernAsync(
            "tools/call", """ "name":"sql__query","arguments":{"region":"eu"} """, "sql__query", more: [("Mcp-Param-Region", "eu"), .. more]);
    }

    [Theory]
    [InlineData("a", "a", "a")]
    [InlineData(null, null, null)]
    [InlineData("a, a", null, "a")]
    [InlineData("a,b", null, null)]
    [InlineData("a", "b", null)]
    [InlineData("a", "A", null)]
    [InlineData("", null, "")]
    public void Equal_copies_are_one_value(string? first, string? second, string? value) =>
        Assert.Equal(value, OneValue.Of(new([.. new[] { first, second }.OfType<string>()])));

    [Fact]
    public async Task Odd_params_get_an_answer_or_a_proper_error_in_both_eras()
    {
        var session = await _host.InitializeAsync();
        foreach (var (method, name, members) in OddParams())
        {
            await CheckAsync(_host.LegacyAsync(session, method, $"{{{members}}}"));
            await CheckAsync(_host.SendAsync("/mcp", Modern.Body(method, members), [.. Modern.Headers(method, name)]));

            async Task CheckAsync(Task<Reply> sending)
            {
                var reply = await sending;
                Assert.True((int)reply.Status < 500, $"{method} {members}: {(int)reply.Status} {reply.Body}");
                Assert.Equal((7, "2.0"), (reply.Json.GetProperty("id").GetInt32(), reply.Json.GetProperty("jsonrpc").GetString()));
                Assert.True(reply.Json.TryGetProperty("result", out _) || reply.ErrorCode is <= -32600 and >= -32700 or >= -32099 and <= -32000, $"{method} {members}: {reply.Body}");
                Assert.NotEqual(-32603, reply.Json.TryGetProperty("error", out _) ? reply.ErrorCode : 0);
            }
        }
    }

    private static IEnumerable<(string Method, string? Name, string Members)> OddParams()
    {
        string[] values = ["null", "7", "1e999", "true", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\udc00x\"", "[]", "[null]", "{}", "{\"\\ud800\":1}", "{\"a\":\"\\ud800\"}", "{\"a\":1,\"a\":2}", Nested(30)];
        foreach (var value in values)
        {
            foreach (var tool in (string[])["files__read", "sql__query", "call_tool", "describe_tool", "list_available_tools", "search_tools", "service_health"])
                yield return ("tools/call", tool, $"\"name\":\"{tool}\",\"arguments\":{value}");
            foreach (var (tool, argument) in new[] { ("sql__query", "region"), ("call_tool", "service"), ("call_tool", "\\ud800"), ("search_tools", "query"), ("search_tools", "limit"), ("service_health", "service"), ("list_available_tools", "service"), ("describe_tool", "tool") })
                yield return ("tools/call", tool, $"\"name\":\"{tool}\",\"arguments\":{{\"{argument}\":{value}}}");
            yield return ("tools/call", "call_tool", $"\"name\":\"call_tool\",\"arguments\":{{\"service\":\"sql\",\"tool\":\"query\",\"arguments\":{value}}}");
            yield return ("tools/call", "call_tool", $"\"name\":\"call_tool\",\"arguments\":{{\"service\":\"sql\",\"tool\":\"query\",\"\\ud800\":{value}}}");
            yield return ("tools/call", "files__read", $"\"name\":\"files__read\",\"task\":{value}");
            yield return ("tools/call", "files__read", $"\"name\":\"files__read\",\"unknown\":{value},\"\\ud800\":1");
            yield return ("tools/call", "x", $"\"name\":{value}");
            yield return ("prompts/get", "x", $"\"name\":{value}");
            yield return ("prompts/get", "sql__sum", $"\"name\":\"sql__sum\",\"arguments\":{value}");
            yield return ("resources/read", "x", $"\"uri\":{value}");
            yield return ("completion/complete", null, $"\"ref\":{value}");
            yield return ("completion/complete", null, $"\"ref\":{{\"type\":{value}}}");
            yield return ("completion/complete", null, $"\"ref\":{{\"type\":\"ref/prompt\",\"name\":{value}}}");
            yield return ("completion/complete", null, $"\"ref\":{{\"type\":\"ref/prompt\",\"name\":\"sql__sum\",\"\\ud800\":{value}}},\"\\ud800\":1");
            yield return ("completion/complete", null, $"\"ref\":{{\"type\":\"ref/resource\",\"uri\":{value}}}");
            yield return ("tools/list", null, $"\"cursor\":{value}");
            yield return ("logging/setLevel", null, $"\"level\":{value}");
            yield return ("initialize", null, $"\"protocolVersion\":{value}");
            yield return ("initialize", null, $"\"protocolVersion\":\"2025-11-25\",\"clientInfo\":{value},\"capabilities\":{value}");
            yield return ("server/discover", null, $"\"unknown\":{value}");
            if (value[0] != '{' || value.Contains("\"a\":1", StringComparison.Ordinal)) yield return ("subscriptions/listen", null, $"\"notifications\":{value}");
        }

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":[", depth)) + string.Concat(Enumerable.Repeat("]}", depth));
    }

    [Fact]
    public async Task Odd_metadata_gets_an_answer_or_a_proper_error()
    {
        var session = await _host.InitializeAsync();
        string[] metas =
        [
            "null", "[]", "7", "\"\"", "{}", """{"progressToken":null}""", """{"progressToken":{}}""", """{"progressToken":"\ud800"}""", """{"\ud800":1}""", """{"progressToken":1,"progressToken":2}""",
            """{"io.modelcontextprotocol/related-task":null}""", """{"x":"task","\ud800":1}""", """{"x":{"\ud800":"task"}}""", """{"x":{"task":1,"task":2}}""",
            """{"io.modelcontextprotocol/logLevel":7}""", """{"io.modelcontextprotocol/logLevel":"\ud800"}""", """{"io.modelcontextprotocol/protocolVersion":null}""",
            """{"io.modelcontextprotocol/protocolVersion":"\ud800"}""", """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":null}""",
            """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"tasks":null,"extensions":7},"io.modelcontextprotocol/clientInfo":"\ud800"}""",
            """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"\ud800"}""",
            """{"traceparent":7,"tracestate":"\ud800"}""",
        ];
        foreach (var meta in metas)
        {
            var parameters = $$"""{"name":"files__read","_meta":{{meta}}}""";
            var legacy = await _host.LegacyAsync(session, "tools/call", parameters);
            var modern = await _host.SendAsync("/mcp", $$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{parameters}}}""", [.. Modern.Headers("tools/call", "files__read")]);
            Assert.All([legacy, modern], reply =>
            {
                Assert.True((int)reply.Status < 500, $"{meta}: {(int)reply.Status} {reply.Body}");
                Assert.Equal(7, reply.Json.GetProperty("id").GetInt32());
                Assert.NotEqual(-32603, reply.Json.TryGetProperty("error", out _) ? reply.ErrorCode : 0);
            });
        }
    }
}
