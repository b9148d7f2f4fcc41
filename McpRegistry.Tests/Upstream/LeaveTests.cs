using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Upstream.Http;
using McpRegistry.Tests.Upstream.Stdio;

namespace McpRegistry.Tests.Upstream;

/// <summary>Every kind of client says when a request may have left: on that rests that nothing executed is told of as not executed.</summary>
public sealed class LeaveTests
{
    [Theory]
    [InlineData(ProtocolEra.Modern)]
    [InlineData(ProtocolEra.Legacy)]
    public async Task A_request_over_Streamable_HTTP(ProtocolEra era)
    {
        await using var server = await ScriptedServer.StartAsync(era, (context, request) => ScriptedServer.ResultAsync(context, request, "{}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Mcp);

        await AssertLeavesAsync(upstream.Client, "echo");
    }

    [Fact]
    public async Task A_request_to_a_plain_HTTP_service()
    {
        await using var server = await RawServer.StartAsync(context => ScriptedServer.JsonAsync(context, 200, context.Request.Path.Value!.EndsWith("openapi.json", StringComparison.Ordinal)
            ? """{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/echo":{"post":{"operationId":"echo","responses":{"200":{"description":"ok"}}}}}}"""
            : "{}"));
        await using var upstream = await UpstreamUnderTest.ConnectAsync(server.Base, new ServiceRegistration { Name = "plain", Type = ServiceType.FastApi });

        await AssertLeavesAsync(upstream.Client, "echo");
    }

    [LinuxFact]
    public async Task A_request_to_a_child()
    {
        await using var harness = new StdioHarness();

        await AssertLeavesAsync(await harness.ConnectAsync(ShellServer.Registration()), "echo");
    }

    private static async Task AssertLeavesAsync(IInstanceClient client, string tool)
    {
        var request = new UpstreamRequest { Method = "tools/call", RoutingName = tool, Params = RequestParams.Parse(Encoding.UTF8.GetBytes($$"""{"name":"{{tool}}","arguments":{} }""")) };
        Assert.False(request.MayHaveLeft);

        using var reply = await client.SendAsync(request, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((UpstreamOutcome.Answered, true), (reply.Outcome, request.MayHaveLeft));
    }
}
