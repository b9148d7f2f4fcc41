using System.Text;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class ForwardingTests
{
    private const string Params = "{\"name\":\"t\",\"arguments\":{\"ü\": 1.50,\"n\":null},\"unknown\":[1 , 2],\"_meta\":{\"x.y/own\":{\"a\":1},\"progressToken\":\"client\"}}";
    private const string Result = "{\"content\":[ {\"type\":\"new-kind\",\"ü\":\"\\u00fc\"} ],\"isError\":true,\"_meta\":{\"k\":1.0},\"more\":{}}";

    [Theory]
    [InlineData(ProtocolEra.Legacy)]
    [InlineData(ProtocolEra.Modern)]
    public async Task What_we_do_not_know_goes_through_byte_for_byte(ProtocolEra era)
    {
        await using var server = await ScriptedServer.StartAsync(era, (context, request) => ScriptedServer.ResultAsync(context, request, Result));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.SendAsync("tools/call", Params, "t");

        Assert.Equal(Result, reply.ResultText());
        Assert.True(reply.Response.IsToolError);
        var body = server.Only("tools/call").Body;
        Assert.Contains("\"arguments\":{\"ü\": 1.50,\"n\":null}", body, StringComparison.Ordinal);
        Assert.Contains("\"unknown\":[1 , 2]", body, StringComparison.Ordinal);
        Assert.Contains("\"x.y/own\":{\"a\":1}", body, StringComparison.Ordinal);
        Assert.DoesNotContain("client\"", body, StringComparison.Ordinal);
        Assert.Equal(era == ProtocolEra.Modern, body.Contains("io.modelcontextprotocol/protocolVersion", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("echo", "echo")]
    [InlineData("with space", "with space")]
    [InlineData("wetter-für-zürich", "=?base64?d2V0dGVyLWbDvHItesO8cmljaA==?=")]
    [InlineData(" padded", "=?base64?IHBhZGRlZA==?=")]
    [InlineData("a\r\nX-Evil: 1", "=?base64?YQ0KWC1FdmlsOiAx?=")]
    [InlineData("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?=")]
    public async Task The_name_travels_in_a_header_a_modern_server_can_read(string name, string header)
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.CallAsync(name);

        var call = server.Only("tools/call");
        Assert.Equal(("2026-07-28", "tools/call", header), (call.Header("MCP-Protocol-Version"), call.Header("Mcp-Method"), call.Header("Mcp-Name")));
        Assert.Equal(name, call.Json.GetProperty("params").GetProperty("name").GetString());
        Assert.Null(call.Header("X-Evil"));
    }

    [Fact]
    public async Task Parameter_headers_and_trace_context_are_passed_on_and_nothing_else_of_ours()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, request) => ScriptedServer.ResultAsync(context, request, "{}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.SendAsync(new UpstreamRequest
        {
            Method = "resources/read",
            RoutingName = "file:///a",
            Params = UpstreamUnderTest.Params("{\"uri\":\"file:///a\"}"),
            Headers = [new("Mcp-Param-Region", "eu"), new("Mcp-Param-City", "zürich")],
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceState = "a=b",
        });

        var read = server.Only("resources/read");
        Assert.Equal(("eu", "=?base64?esO8cmljaA==?="), (read.Header("Mcp-Param-Region"), read.Header("Mcp-Param-City")));
        Assert.Equal(("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=b"), (read.Header("traceparent"), read.Header("tracestate")));
        Assert.Equal(
            ["Accept", "Content-Length", "Content-Type", "Host", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Param-City", "Mcp-Param-Region", "traceparent", "tracestate"],
            read.Headers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Credentials_are_sent_with_every_request_and_a_rotated_one_is_taken_up()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        var secrets = new PlainSecrets(("env:KEY", "one"), ("env:TENANT", "t1"));
        var time = new FakeTimeProvider();
        var config = new ServiceConfig { Headers = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("X-Tenant", "env:TENANT") };
        await using var upstream = new UpstreamUnderTest(server.Mcp, new ServiceRegistration { Name = "s", ApiKey = "env:KEY", Config = config }, time, secrets);
        await upstream.ConnectAsync();

        (await upstream.CallAsync()).Dispose();
        secrets.Rotate("env:KEY", "two");
        (await upstream.CallAsync()).Dispose();
        time.Advance(TimeSpan.FromMinutes(5));
        (await upstream.CallAsync()).Dispose();

        Assert.Equal(["Bearer one", "Bearer one", "Bearer two"], server.All.Where(request => request.Method == "tools/call").Select(request => request.Header("Authorization")));
        Assert.All(server.All, request => Assert.Equal("t1", request.Header("X-Tenant")));
        Assert.Equal(4, secrets.Resolutions);
    }

    [Fact]
    public async Task A_credential_that_is_not_there_sends_nothing_and_names_the_reference()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        await using var upstream = new UpstreamUnderTest(server.Mcp, new ServiceRegistration { Name = "s", ApiKey = "env:NOT_SET" });

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("env:NOT_SET", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.All);
    }

    [Fact]
    public async Task A_credential_with_a_line_break_is_not_sent()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, ScriptedServerAnswers.Echo);
        var secrets = new PlainSecrets(("env:KEY", "one\r\nX-Evil: 1"));
        await using var upstream = new UpstreamUnderTest(server.Mcp, new ServiceRegistration { Name = "s", ApiKey = "env:KEY" }, secrets: secrets);

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.DoesNotContain("one", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.All);
    }

    [Fact]
    public async Task A_method_we_do_not_know_is_sent_as_it_is()
    {
        await using var server = await ScriptedServer.StartAsync(ProtocolEra.Modern, (context, request) => ScriptedServer.ResultAsync(context, request, "{}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        using var reply = await upstream.SendAsync("x/\"ü\"");

        Assert.Equal("x/\"ü\"", server.All.Last().Method);
        Assert.Equal($"=?base64?{Convert.ToBase64String(Encoding.UTF8.GetBytes("x/\"ü\""))}?=", server.All.Last().Header("Mcp-Method"));
        Assert.Equal(UpstreamOutcome.Answered, reply.Outcome);
    }
}
