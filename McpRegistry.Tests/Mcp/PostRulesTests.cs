using System.Net;
using System.Text;

namespace McpRegistry.Tests.Mcp;

public sealed class PostRulesTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync() => _host = await McpTestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("{", -32700)]
    [InlineData("", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", -32600)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\ud800"}""", -32600)]
    public async Task A_body_that_is_no_message_is_a_bad_request(string body, int code)
    {
        var reply = await _host.SendAsync("/mcp", body);
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(code, reply.ErrorCode);
    }

    [Fact]
    public async Task A_tool_name_that_is_no_text_is_a_bad_request()
    {
        var session = await _host.InitializeAsync();
        var reply = await _host.LegacyAsync(session, "tools/call", """{"name":"\ud800"}""");
        Assert.Equal((HttpStatusCode.BadRequest, -32602), (reply.Status, reply.ErrorCode));
        Assert.Equal(7, reply.Json.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Other_content_types_are_refused()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "text/plain");
        using var response = await _host.Http.PostAsync("/mcp", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_compressed_message_is_refused_by_its_name_and_not_as_broken_JSON()
    {
        using var content = new ByteArrayContent([0x1f, 0x8b, 8, 0]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        using var response = await _host.Http.PostAsync("/mcp", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("identity", response.Headers.GetValues("Accept-Encoding").Single());
        Assert.Contains("Compressed", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_takes_no_json_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        using var response = await _host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_with_and_without_a_length()
    {
        var large = new byte[(4 * 1024 * 1024) + 1];
        using var known = new ByteArrayContent(large);
        known.Headers.ContentType = new("application/json");
        using var response = await _host.Http.PostAsync("/mcp", known);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StreamContent(new MemoryStream(large)) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await _host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
    }

    [Fact]
    public async Task A_large_body_in_many_pieces_goes_upstream_whole()
    {
        var session = await _host.InitializeAsync();
        var text = new string('x', 1_000_000);
        var reply = await _host.LegacyAsync(session, "tools/call", $$"""{"name":"files__write","arguments":{"text":"{{text}}"} }""");
        Assert.Equal("done", reply.Result.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Contains(text, _host.Dispatcher.Calls.Single().Params, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        var reply = await _host.SendAsync("/mcp/nobody", """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}""");
        Assert.Equal(HttpStatusCode.NotFound, reply.Status);
        Assert.Equal("unknown_service", reply.Error.GetProperty("data").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_unknown_protocol_version_is_a_bad_request_that_names_the_known_ones()
    {
        var reply = await _host.SendAsync("/mcp", """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", ("MCP-Protocol-Version", "1999-01-01"));
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(-32022, reply.ErrorCode);
        Assert.Contains("2026-07-28", reply.Error.GetProperty("data").GetProperty("supported").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task A_connection_serves_one_call_after_another()
    {
        var session = await _host.InitializeAsync();
        for (var i = 0; i < 50; i++)
        {
            var reply = await _host.LegacyAsync(session, "tools/call", """{"name":"files__read","arguments":{}}""");
            Assert.Equal(HttpStatusCode.OK, reply.Status);
        }
    }
}
