using System.Net;
using System.Text;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Mcp;

namespace McpRegistry.Tests.Mcp;

public sealed class ModernRequestTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync() => _host = await McpTestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Discover_names_versions_capabilities_and_who_we_are()
    {
        var reply = await _host.ModernAsync("server/discover");
        Assert.Equal("complete", reply.Result.GetProperty("resultType").GetString());
        Assert.Equal("2026-07-28", reply.Result.GetProperty("supportedVersions")[0].GetString());
        Assert.True(reply.Result.GetProperty("capabilities").TryGetProperty("prompts", out _));
        Assert.Equal("mcp-registry", reply.Result.GetProperty("_meta").GetProperty("io.modelcontextprotocol/serverInfo").GetProperty("name").GetString());
        Assert.Equal("fake", (await _host.ModernAsync("server/discover", path: "/mcp/files")).Result.GetProperty("_meta").GetProperty("io.modelcontextprotocol/serverInfo").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("""{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}""")]
    [InlineData("""{"io.modelcontextprotocol/clientCapabilities":{}}""")]
    [InlineData("{}")]
    public async Task A_request_without_the_required_metadata_is_a_bad_request(string meta)
    {
        var body = """{"jsonrpc":"2.0","id":7,"method":"server/discover","params":{"_meta":""" + meta + "}}";
        var reply = await _host.SendAsync("/mcp", body, [.. Modern.Headers("server/discover")]);
        Assert.Equal((HttpStatusCode.BadRequest, -32602), (reply.Status, reply.ErrorCode));
        Assert.Equal(7, reply.Json.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task An_unsupported_version_is_told_the_supported_ones()
    {
        var body = Modern.Body("server/discover").Replace("2026-07-28", "v999", StringComparison.Ordinal);
        var reply = await _host.SendAsync("/mcp", body, (McpHeaders.ProtocolVersion, "v999"), (McpHeaders.Method, "server/discover"));
        Assert.Equal((HttpStatusCode.BadRequest, -32022), (reply.Status, reply.ErrorCode));
        Assert.Equal("v999", reply.Error.GetProperty("data").GetProperty("requested").GetString());
    }

    [Fact]
    public async Task Headers_must_say_what_the_body_says()
    {
        (string, string)[][] wrong =
        [
            [(McpHeaders.Method, "tools/call"), (McpHeaders.Name, "files__read")],
            [(McpHeaders.ProtocolVersion, "2025-11-25"), (McpHeaders.Method, "tools/call"), (McpHeaders.Name, "files__read")],
            [(McpHeaders.ProtocolVersion, "2026-07-28"), (McpHeaders.Name, "files__read")],
            [(McpHeaders.ProtocolVersion, "2026-07-28"), (McpHeaders.Method, "TOOLS/CALL"), (McpHeaders.Name, "files__read")],
            [(McpHeaders.ProtocolVersion, "2026-07-28"), (McpHeaders.Method, "tools/call")],
            [(McpHeaders.ProtocolVersion, "2026-07-28"), (McpHeaders.Method, "tools/call"), (McpHeaders.Name, "files__write")],
            [(McpHeaders.ProtocolVersion, "2026-07-28"), (McpHeaders.Method, "tools/call"), (McpHeaders.Name, "=?base64?!!!?=")],
        ];
        foreach (var headers in wrong)
        {
            var reply = await _host.SendAsync("/mcp", Modern.Body("tools/call", "\"name\":\"files__read\""), headers);
            Assert.Equal((HttpStatusCode.BadRequest, -32020), (reply.Status, reply.ErrorCode));
        }
        Assert.Empty(_host.Dispatcher.Calls);
    }

    [Theory]
    [InlineData("files__read")]
    [InlineData("  files__read  ")]
    [InlineData("=?base64?ZmlsZXNfX3JlYWQ=?=")]
    public async Task The_name_header_may_be_padded_or_encoded(string header)
    {
        var reply = await _host.ModernAsync("tools/call", "\"name\":\"files__read\"", header);
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("complete", reply.Result.GetProperty("resultType").GetString());
    }

    [Theory]
    [InlineData("initialize")]
    [InlineData("ping")]
    [InlineData("logging/setLevel")]
    [InlineData("resources/subscribe")]
    [InlineData("resources/unsubscribe")]
    [InlineData("unknown/method")]
    public async Task Removed_and_unknown_methods_are_not_found(string method)
    {
        var reply = await _host.ModernAsync(method);
        Assert.Equal((HttpStatusCode.NotFound, -32601), (reply.Status, reply.ErrorCode));
    }

    [Fact]
    public async Task Hanging_up_cancels()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        _host.Dispatcher.OnCall = async (call, token) =>
        {
            using var registration = token.Register(cancelled.SetResult);
            started.SetResult();
            await cancelled.Task;
            return CallOutcome.Failed(ErrorCode.Cancelled, call.Service.Name);
        };
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = _host.Http.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(Modern.Body("tools/call", "\"name\":\"files__read\""), Encoding.UTF8, "application/json") };
        foreach (var (name, value) in Modern.Headers("tools/call", "files__read")) request.Headers.Add(name, value);
        using var hangUp = new CancellationTokenSource();
        var calling = client.SendAsync(request, hangUp.Token);
        await started.Task.WaitAsync(McpTestHost.Timeout);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
        await cancelled.Task.WaitAsync(McpTestHost.Timeout);
    }

    [Fact]
    public async Task Parameters_in_headers_are_checked_and_go_upstream()
    {
        const string Tool = """
            {"name":"query","inputSchema":{"type":"object","properties":{
            "region":{"type":"string","x-mcp-header":"Region"},
            "deep":{"type":"object","properties":{"count":{"type":"integer","x-mcp-header":"Count"}}}}}}
            """;
        _host.State.Put(FakeServices.Service("sql", new ServiceCatalog { Tools = [FakeServices.Tool("sql", Tool.Trim())] }));
        Task<Reply> Call(string arguments, params (string, string)[] headers) =>
            _host.ModernAsync("tools/call", $$"""
                "name":"sql__query","arguments":{{arguments}}
                """, "sql__query", more: headers);

        Assert.Equal(-32020, (await Call("""{"region":"us"}""")).ErrorCode);
        Assert.Equal(-32020, (await Call("""{"region":"us"}""", ("Mcp-Param-Region", "eu"))).ErrorCode);
        Assert.Equal(-32020, (await Call("""{"region":"Hello"}""", ("Mcp-Param-Region", "=?base64?SGVsbG8?="))).ErrorCode);
        Assert.Equal(-32020, (await Call("{}", ("Mcp-Param-Region", "us"))).ErrorCode);
        Assert.Equal(-32020, (await Call("""{"deep":{"count":3}}""", ("Mcp-Param-Count", "4"))).ErrorCode);
        Assert.Equal(-32602, (await Call("""{"region":"cut \ud83d"}""", ("Mcp-Param-Region", "cut"))).ErrorCode);
        Assert.Equal(-32602, (await Call("""{"region":"us","r\ud83d":1}""", ("Mcp-Param-Region", "us"))).ErrorCode);
        Assert.Empty(_host.Dispatcher.Calls);

        Assert.Equal(HttpStatusCode.OK, (await Call("""{"region":"Hello","deep":{"count":3}}""", ("Mcp-Param-Region", "=?base64?SGVsbG8=?="), ("Mcp-Param-Count", "3.0"), ("Mcp-Param-Other", "x"))).Status);
        var sent = _host.Dispatcher.Calls.Single().Call.Headers!.OrderBy(one => one.Key, StringComparer.Ordinal);
        Assert.Equal(["Mcp-Param-Count=3.0", "Mcp-Param-Region==?base64?SGVsbG8=?="], sent.Select(one => $"{one.Key}={one.Value}"));

        var session = await _host.InitializeAsync();
        await _host.LegacyAsync(session, "tools/call", """{"name":"sql__query","arguments":{"region":"größer"}}""");
        var made = _host.Dispatcher.Calls.Last().Call.Headers!;
        Assert.Equal(HeaderText.Encode("größer"), made.Single().Value);
    }
}
