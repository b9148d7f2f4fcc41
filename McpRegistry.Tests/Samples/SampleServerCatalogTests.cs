using System.Net.Http.Json;
using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.Samples;

public sealed class SampleServerCatalogTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System).Token;

    [Fact]
    public async Task Prompts_resources_and_completion_are_there()
    {
        await using var server = await SampleServerProcess.StartHttpAsync();
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, SampleServerClient.Modern, Deadline);

        var greeting = await client.GetPromptAsync("greeting", new Dictionary<string, object?> { ["name"] = "Ada" }, cancellationToken: Deadline);
        Assert.Contains("Ada", ((TextContentBlock)greeting.Messages[0].Content).Text, StringComparison.Ordinal);
        var completed = await client.CompleteAsync(new PromptReference { Name = "greeting" }, "name", "a", cancellationToken: Deadline);
        Assert.Equal(["Ada", "Alan"], completed.Completion.Values);

        var binary = await client.ReadResourceAsync("sample://static/binary", cancellationToken: Deadline);
        Assert.Equal(256, ((BlobResourceContents)binary.Contents[0]).DecodedData.Length);
        var item = await client.ReadResourceAsync("sample://item/7", cancellationToken: Deadline);
        Assert.Equal("This is item 7.", ((TextResourceContents)item.Contents[0]).Text);
    }

    [Fact]
    public async Task The_fixtures_of_the_conformance_suite_are_there_only_where_asked_for()
    {
        await using var plain = await SampleServerProcess.StartHttpAsync();
        await using var conformant = await SampleServerProcess.StartHttpAsync("--conformance");
        await using var toPlain = await SampleServerClient.ConnectAsync(plain.Endpoint, version: null, Deadline);
        await using var toConformant = await SampleServerClient.ConnectAsync(conformant.Endpoint, version: null, Deadline);

        Assert.DoesNotContain(await toPlain.ListToolsAsync(cancellationToken: Deadline), tool => tool.Name == "test_simple_text");
        Assert.Contains(await toConformant.ListToolsAsync(cancellationToken: Deadline), tool => tool.Name == "test_simple_text");
    }

    [Fact]
    public async Task Changed_tools_are_announced_to_a_modern_subscription()
    {
        await using var server = await SampleServerProcess.StartHttpAsync();
        await using var client = await SampleServerClient.ConnectAsync(server.Endpoint, SampleServerClient.Modern, Deadline);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Endpoint)
        {
            Content = JsonContent.Create(new
            {
                jsonrpc = "2.0",
                id = "listen-1",
                method = "subscriptions/listen",
                @params = new
                {
                    notifications = new { toolsListChanged = true },
                    _meta = new Dictionary<string, object>
                    {
                        ["io.modelcontextprotocol/protocolVersion"] = SampleServerClient.Modern,
                        ["io.modelcontextprotocol/clientCapabilities"] = new { },
                    },
                },
            }),
        };
        request.Headers.Add("Accept", "application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", SampleServerClient.Modern);
        request.Headers.Add("Mcp-Method", "subscriptions/listen");
        using var response = await http.SendAsync(request, Deadline);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Deadline));

        Assert.Contains("notifications/subscriptions/acknowledged", await NextEventAsync(), StringComparison.Ordinal);
        await client.CallToolAsync("change_tools", cancellationToken: Deadline);
        var announcement = await NextEventAsync();
        Assert.Contains("notifications/tools/list_changed", announcement, StringComparison.Ordinal);
        Assert.Contains("listen-1", announcement, StringComparison.Ordinal);

        async Task<string> NextEventAsync()
        {
            while (true)
            {
                var line = await events.ReadLineAsync(Deadline) ?? throw new EndOfStreamException();
                if (line.StartsWith("data: {", StringComparison.Ordinal))
                    return line;
            }
        }
    }
}
