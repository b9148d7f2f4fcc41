using System.Net;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;

namespace McpRegistry.Tests.Mcp;

public sealed class CallTests : IAsyncLifetime
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
    public async Task Only_the_name_changes_on_the_way_up_and_nothing_on_the_way_down()
    {
        const string Result = """{ "content" : [], "unknown":{"a":1.50,"ü":"\u00fc"},"resultType":"complete" }""";
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, Result));
        var reply = await _host.LegacyAsync(_session, "tools/call", """{"name":"files__read","arguments":{"n":1.50,"s":"\u00fc"},"extra":[1],"_meta":{"com.example/k":true}}""");
        Assert.Equal($$"""{"jsonrpc":"2.0","id":7,"result":{{Result}}}""", reply.Body);
        var (call, sent) = _host.Dispatcher.Calls.Single();
        Assert.Equal("""{"name":"read","arguments":{"n":1.50,"s":"\u00fc"},"extra":[1],"_meta":{"com.example/k":true}}""", sent);
        Assert.Equal(("files", "tools/call", "read"), (call.Service.Name, call.Method, call.Target));
        Assert.False(call.IsSafe);
        Assert.Null(call.Listener);
    }

    [Fact]
    public async Task The_view_of_one_service_takes_original_names()
    {
        var session = await _host.InitializeAsync("/mcp/files");
        var reply = await _host.LegacyAsync(session, "tools/call", """{"name":"read"}""", "/mcp/files");
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("read", _host.Dispatcher.Calls.Single().Call.Target);
        Assert.Equal(-32602, (await _host.LegacyAsync(session, "tools/call", """{"name":"files__read"}""", "/mcp/files")).ErrorCode);
        Assert.Equal(-32602, (await _host.LegacyAsync(session, "tools/call", """{"name":"search_tools"}""", "/mcp/files")).ErrorCode);
    }

    [Theory]
    [InlineData("{}", """{"resultType":"complete"}""")]
    [InlineData("{ }", """{"resultType":"complete" }""")]
    [InlineData("""{"content":[]}""", """{"resultType":"complete","content":[]}""")]
    [InlineData("""{"resultType":"input_required","inputRequests":{}}""", """{"_meta":{"mcpregistry/service":"files"},"resultType":"input_required","inputRequests":{}}""")]
    public async Task A_modern_client_gets_the_result_type_a_legacy_service_leaves_out(string upstream, string downstream)
    {
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, upstream));
        var reply = await _host.ModernAsync("tools/call", "\"name\":\"files__read\"", "files__read");
        Assert.Equal($$"""{"jsonrpc":"2.0","id":7,"result":{{downstream}}}""", reply.Body);
    }

    /// <summary>Small answers are written in one piece, larger ones in several, the largest with waits between.</summary>
    [Theory]
    [InlineData(1900)]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(16 * 1024)]
    [InlineData(300 * 1024)]
    public async Task An_answer_of_any_length_arrives_whole(int around)
    {
        for (var length = around - 80; length < around + 20; length += around > 5000 ? 33 : 1)
        {
            var members = $"\"content\":[],\"text\":\"{new string('x', length)}\"";
            _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, $"{{{members}}}"));
            var modern = await _host.ModernAsync("tools/call", "\"name\":\"files__read\"", "files__read");
            Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{"resultType":"complete",""" + members + "}}", modern.Body);
            var legacy = await _host.LegacyAsync(_session, "tools/call", """{"name":"files__read"}""");
            Assert.Equal("""{"jsonrpc":"2.0","id":7,"result":{""" + members + "}}", legacy.Body);
        }
    }

    [Fact]
    public async Task A_legacy_client_is_told_when_a_tool_needs_a_modern_one()
    {
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, """{"inputRequests":{},"resultType":"input_required"}"""));
        var reply = await _host.LegacyAsync(_session, "tools/call", """{"name":"files__read"}""");
        Assert.Contains("2026-07-28", reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Result(call, """{"content":[{"type":"text","text":"\"input_required\""}],"resultType":"complete"}"""));
        Assert.Equal("complete", (await _host.LegacyAsync(_session, "tools/call", """{"name":"files__read"}""")).Result.GetProperty("resultType").GetString());
    }

    [Fact]
    public async Task An_error_of_the_service_passes_byte_for_byte()
    {
        const string Error = """{ "data":{"x":[1]}, "code" : -32042,"message":"no \u00fc" }""";
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Error(call, Error));
        var reply = await _host.LegacyAsync(_session, "tools/call", """{"name":"files__read"}""");
        Assert.Equal($$"""{"jsonrpc":"2.0","id":7,"error":{{Error}}}""", reply.Body);
        Assert.Equal(HttpStatusCode.OK, reply.Status);
    }

    [Theory]
    [InlineData(-32021, HttpStatusCode.BadRequest)]
    [InlineData(-32601, HttpStatusCode.NotFound)]
    [InlineData(-32602, HttpStatusCode.OK)]
    public async Task A_modern_client_gets_the_status_of_a_services_error(int code, HttpStatusCode status)
    {
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(FakeDispatcher.Error(call, "{\"code\":" + code + ",\"message\":\"no\"}"));
        Assert.Equal(status, (await _host.ModernAsync("tools/call", "\"name\":\"files__read\"", "files__read")).Status);
    }

    [Fact]
    public async Task A_lost_call_is_an_error_with_all_that_is_known()
    {
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(
            CallOutcome.Failed(ErrorCode.UpstreamTimeout, call.Service.Name, "files-1", 2, maybeExecuted: true, TimeSpan.FromSeconds(3)));
        var reply = await _host.LegacyAsync(_session, "tools/call", """{"name":"files__read"}""");
        Assert.Equal(-32000, reply.ErrorCode);
        var data = reply.Error.GetProperty("data");
        Assert.Equal("upstream_timeout", data.GetProperty("code").GetString());
        Assert.Equal("files", data.GetProperty("service").GetString());
        Assert.Equal("files-1", data.GetProperty("instance").GetString());
        Assert.Equal(2, data.GetProperty("attempts").GetInt32());
        Assert.True(data.GetProperty("maybe_executed").GetBoolean());
        Assert.Equal(3000, data.GetProperty("retry_after_ms").GetInt64());
    }

    [Fact]
    public async Task A_caller_hears_which_argument_cannot_be_sent()
    {
        _host.Dispatcher.OnCall = (call, _) => ValueTask.FromResult(CallOutcome.Failed(ErrorCode.InvalidArguments, call.Service.Name, "files-1", 1, maybeExecuted: false, detail: "The argument \"id\" is missing."));

        var reply = await _host.LegacyAsync(_session, "tools/call", """{"name":"files__read"}""");

        Assert.Equal(-32602, reply.ErrorCode);
        Assert.Contains("The argument \\\"id\\\" is missing.", reply.Body, StringComparison.Ordinal);
        Assert.Contains("\"maybe_executed\":false", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompts_resources_and_completions_find_their_service()
    {
        _host.State.Put(FakeServices.Service("docs", new ServiceCatalog
        {
            Prompts = [FakeServices.Prompt("docs", "sum")],
            Resources = [FakeServices.Resource("docs", "docs://a")],
            ResourceTemplates = [FakeServices.Template("docs", "docs://page/{n}")],
            HasCompletions = true,
        }));

        await _host.LegacyAsync(_session, "prompts/get", """{"name":"docs__sum","arguments":{"a":"b"}}""");
        await _host.LegacyAsync(_session, "resources/read", """{"uri":"docs://a"}""");
        await _host.LegacyAsync(_session, "resources/read", """{"uri":"docs://page/3"}""");
        await _host.LegacyAsync(_session, "completion/complete", """{"ref":{"type":"ref/prompt","name":"docs__sum"},"argument":{"name":"a","value":"b"}}""");
        await _host.LegacyAsync(_session, "completion/complete", """{"ref":{"type":"ref/resource","uri":"docs://page/{n}"},"argument":{"name":"n","value":"1"}}""");
        Assert.Equal(
        [
            """{"name":"sum","arguments":{"a":"b"}}""",
            """{"uri":"docs://a"}""",
            """{"uri":"docs://page/3"}""",
            """{"ref":{"name":"sum","type":"ref/prompt"},"argument":{"name":"a","value":"b"}}""",
            """{"ref":{"type":"ref/resource","uri":"docs://page/{n}"},"argument":{"name":"n","value":"1"}}""",
        ], _host.Dispatcher.Calls.Select(one => one.Params));
        Assert.All(_host.Dispatcher.Calls, one => Assert.True(one.Call.IsSafe));
        Assert.Equal(["sum", "docs://a", "docs://page/3", null, null], _host.Dispatcher.Calls.Select(one => one.Call.Target));

        var read = await _host.ModernAsync("resources/read", "\"uri\":\"docs://a\"", "docs://a");
        Assert.Equal(("private", 0), (read.Result.GetProperty("cacheScope").GetString(), read.Result.GetProperty("ttlMs").GetInt32()));
    }

    [Fact]
    public async Task What_nobody_has_is_an_error_of_the_right_code()
    {
        Assert.Equal(-32602, (await _host.LegacyAsync(_session, "tools/call", """{"name":"nothing"}""")).ErrorCode);
        Assert.Equal(-32602, (await _host.LegacyAsync(_session, "tools/call", "{}")).ErrorCode);
        Assert.Equal(-32602, (await _host.LegacyAsync(_session, "prompts/get", """{"name":"nothing"}""")).ErrorCode);
        Assert.Equal(-32002, (await _host.LegacyAsync(_session, "resources/read", """{"uri":"x://y"}""")).ErrorCode);
        Assert.Equal(-32602, (await _host.ModernAsync("resources/read", "\"uri\":\"x://y\"", "x://y")).ErrorCode);
        Assert.Equal(-32602, (await _host.LegacyAsync(_session, "completion/complete", """{"ref":{"type":"ref/prompt","name":"nothing"}}""")).ErrorCode);
        Assert.Empty(_host.Dispatcher.Calls);
    }
}
