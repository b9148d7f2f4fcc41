using System.Text.Json;

using McpRegistry.Core.Modeling;

namespace McpRegistry.Tests.Modeling;

public sealed class ClientConfigurationTests
{
    private static readonly Uri Endpoint = new("http://localhost:5080/mcp");

    [Fact]
    public void Every_client_gets_the_address_of_the_gateway_and_JSON_where_it_reads_JSON()
    {
        Assert.Equal(["claude-code", "vscode", "cursor", "inspector"], ClientConfiguration.All.Select(one => one.Id));
        foreach (var client in ClientConfiguration.All)
        {
            var text = client.For(Endpoint);
            Assert.Contains("http://localhost:5080/mcp", text, StringComparison.Ordinal);
            if (client.IsJson) Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(text).RootElement.ValueKind);
        }
    }
}
