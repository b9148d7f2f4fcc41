using McpRegistry.Core.Catalog;

namespace McpRegistry.Mcp.OwnTools;

/// <summary><c>list_available_tools</c>: what there is to call, and which services are away.</summary>
internal sealed class ListAvailableToolsTool : IOwnTool
{
    public string Name => OwnToolDefinitions.ListAvailableTools;

    public Task CallAsync(McpExchange exchange)
    {
        var service = OwnToolArguments.Of(exchange).Text("service"u8);
        if (service is not null && !exchange.Scope.Snapshot.Services.ContainsKey(service))
            return exchange.AnswerOwnAsync(ToolResult.Failed("There is no service of that name."));
        return exchange.AnswerOwnAsync(exchange.Scope.Catalog.Render(new Key(service), Render));
    }

    private static byte[] Render(CatalogSnapshot catalog, Key key) => ToolResult.Of(writer =>
    {
        ToolSummary.WriteAll(writer, catalog.Tools.Where(one => key.Service is null || one.Service == key.Service));
        writer.WriteStartArray("degraded"u8);
        foreach (var away in catalog.Degraded.Where(one => key.Service is null || one == key.Service)) writer.WriteStringValue(away);
        writer.WriteEndArray();
    });

    private sealed record Key(string? Service);
}
