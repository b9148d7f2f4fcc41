using System.Text.Json;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Real MCP servers behind the gateway, real MCP clients in front of it.</summary>
[Collection(AcceptanceRun.Processes)]
[Trait("Category", "Acceptance")]
public sealed class RealServersTests(RealServers servers) : IClassFixture<RealServers>
{
    [NodeFact]
    public async Task REST_lists_every_tool_of_every_server()
    {
        var listed = (await servers.Gateway.Rest.ListAsync("/api/tools")).Select(tool => $"{tool.GetProperty("service").GetString()}__{tool.GetProperty("name").GetString()}");

        Assert.Equal(servers.ExpectedTools, listed.Order(StringComparer.Ordinal));
    }

    [NodeFact]
    public async Task REST_calls_a_tool_of_every_server()
    {
        foreach (var call in servers.Calls)
        {
            var answer = await servers.Gateway.Rest.CallAsync(call.Service, call.Tool, call.Arguments);

            Assert.True(answer.IsSuccess, $"{call.ExposedName}: {answer.Body}");
            Assert.Contains(call.Answer, answer.Text, StringComparison.Ordinal);
        }
    }

    [NodeTheory]
    [InlineData(SampleServerClient.Legacy)]
    [InlineData(null)]
    public async Task The_Csharp_client_lists_and_calls_every_server(string? version)
    {
        await using var client = await SampleServerClient.ConnectAsync(servers.Gateway.Mcp, version, CancellationToken.None);
        var listed = (await client.ListToolsAsync()).Select(tool => tool.Name).ToHashSet();

        Assert.Equal(version ?? SampleServerClient.Modern, client.NegotiatedProtocolVersion);
        Assert.Equal([], servers.ExpectedTools.Except(listed));
        foreach (var call in servers.Calls)
        {
            var result = await client.CallToolAsync(call.ExposedName, call.Arguments!);

            Assert.NotEqual(true, result.IsError);
            Assert.Contains(call.Answer, string.Concat(result.Content.OfType<TextContentBlock>().Select(part => part.Text)), StringComparison.Ordinal);
        }
    }

    [NodeTheory]
    [InlineData("sdk", "default", SampleServerClient.Legacy)]
    [InlineData("client", "default", SampleServerClient.Legacy)]
    [InlineData("client", "auto", SampleServerClient.Modern)]
    public async Task The_npm_clients_list_and_call_every_server(string client, string mode, string revision)
    {
        var calls = JsonSerializer.Serialize(servers.Calls.Select(call => new { name = call.ExposedName, arguments = call.Arguments }));

        var output = await RunningProcess.RunAsync(
            Npm.Node, [Path.Combine(Npm.Folder, "clients", "call.mjs"), "--client", client, "--mode", mode, "--url", servers.Gateway.Mcp.AbsoluteUri], calls);

        var run = JsonElement.Parse(output);
        var results = run.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(revision, run.GetProperty("revision").GetString());
        Assert.Equal([], servers.ExpectedTools.Except(run.GetProperty("tools").EnumerateArray().Select(name => name.GetString()!)));
        Assert.Equal(servers.Calls.Count, results.Length);
        foreach (var (call, result) in servers.Calls.Zip(results))
        {
            Assert.False(result.GetProperty("isError").GetBoolean(), output);
            Assert.Contains(call.Answer, result.GetProperty("text").GetString(), StringComparison.Ordinal);
        }
    }

    [NodeTheory]
    [InlineData("legacy")]
    [InlineData("auto")]
    [InlineData("modern")]
    public async Task The_inspector_calls_every_server(string era)
    {
        foreach (var call in servers.Calls)
        {
            var output = await RunningProcess.RunAsync(Npm.Node,
            [
                Npm.Module("@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js"),
                "--cli", servers.Gateway.Mcp.AbsoluteUri, "--transport", "http", "--protocol-era", era, "--format", "json", "--quiet",
                "--method", "tools/call", "--tool-name", call.ExposedName, "--tool-args-json", JsonSerializer.Serialize(call.Arguments),
            ]);

            Assert.Contains(call.Answer, string.Concat(JsonElement.Parse(output).GetProperty("result").GetProperty("content").EnumerateArray().Select(part => part.GetProperty("text").GetString())), StringComparison.Ordinal);
        }
    }
}
