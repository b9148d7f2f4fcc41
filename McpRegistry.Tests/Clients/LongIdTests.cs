using System.Net;
using System.Text;

using McpRegistry.Mcp;
using McpRegistry.Mcp.Clients;
using McpRegistry.Tests.Mcp;

namespace McpRegistry.Tests.Clients;

/// <summary>What a client gives to be kept or given back.</summary>
public sealed class LongIdTests : IAsyncLifetime
{
    private McpTestHost _host = null!;

    public async Task InitializeAsync() => _host = await McpTestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("ping")]
    [InlineData("initialize")]
    [InlineData("tools/call")]
    [InlineData("subscriptions/listen")]
    public async Task An_id_above_256_bytes_is_refused_and_not_given_back(string method)
    {
        foreach (var length in (int[])[257, 3_000_000])
        {
            var id = new string('i', length - 2);
            var legacy = await _host.SendAsync("/mcp", $$$"""{"jsonrpc":"2.0","id":"{{{id}}}","method":"{{{method}}}","params":{"protocolVersion":"2025-11-25"}}""");
            var modern = await _host.SendAsync(
                "/mcp", Modern.Body(method, "\"notifications\":{}").Replace("\"id\":7", $"\"id\":\"{id}\"", StringComparison.Ordinal), [.. Modern.Headers(method)]);

            foreach (var reply in (Reply[])[legacy, modern])
            {
                Assert.Equal((HttpStatusCode.BadRequest, RpcError.InvalidRequest), (reply.Status, reply.ErrorCode));
                Assert.Contains("256", reply.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
                Assert.InRange(reply.Body.Length, 1, 300);
            }
        }
        Assert.Empty(_host.Get<LegacySessions>().All);
    }

    [Fact]
    public async Task An_id_of_256_bytes_is_given_back_as_it_came()
    {
        var id = new string('i', 254);
        var reply = await _host.SendAsync("/mcp", $$$"""{"jsonrpc":"2.0","id":"{{{id}}}","method":"initialize","params":{"protocolVersion":"2025-11-25"}}""");
        Assert.Equal(id, reply.Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_progress_token_above_256_bytes_is_refused()
    {
        var session = await _host.InitializeAsync();
        var reply = await _host.LegacyAsync(session, "tools/call", $$$"""{"name":"files__read","_meta":{"progressToken":"{{{new string('t', 300)}}}"} }""");
        Assert.Equal((HttpStatusCode.BadRequest, RpcError.InvalidParams), (reply.Status, reply.ErrorCode));
        Assert.Empty(_host.Dispatcher.Calls);
    }

    [Fact]
    public async Task Of_a_client_its_session_keeps_name_title_and_version()
    {
        await _host.SendAsync("/mcp", $$$"""
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":
            {"icons":[{"src":"data:{{{new string('i', 3_000_000)}}}"}], "name": "n\u0041", "title":"t","description":"d","version":"1","websiteUrl":"w"} } }
            """);
        Assert.Equal("""{"name":"n\u0041","title":"t","version":"1"}""", Encoding.UTF8.GetString(_host.Get<LegacySessions>().All.Single().ClientInfo.Span));
    }

    [Theory]
    [InlineData("""{"name":"NAME","version":"1"}""", """{"version":"1"}""")]
    [InlineData("""{"name":"n","title":"NAME","version":"NAME"}""", """{"name":"n"}""")]
    [InlineData("""{"name":7,"title":null,"version":["1"]}""", "{}")]
    [InlineData("""{"name":"a","name":"b"}""", "")]
    [InlineData("\"name\"", "")]
    [InlineData("", "")]
    public void What_does_not_fit_or_is_no_text_is_left_out(string given, string kept)
    {
        var info = ClientInfo.Of(Encoding.UTF8.GetBytes(given.Replace("NAME", new string('n', 5000), StringComparison.Ordinal)));
        Assert.Equal(kept, Encoding.UTF8.GetString(info.Span));
        Assert.InRange(info.Length, 0, ClientInfo.MaxBytes);
    }
}
