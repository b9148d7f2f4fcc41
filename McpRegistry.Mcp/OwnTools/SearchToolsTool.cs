namespace McpRegistry.Mcp.OwnTools;

/// <summary><c>search_tools</c>: the tools that fit some words best.</summary>
internal sealed class SearchToolsTool : IOwnTool
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;

    public string Name => OwnToolDefinitions.SearchTools;

    public Task CallAsync(McpExchange exchange)
    {
        var arguments = OwnToolArguments.Of(exchange);
        if (arguments.Text("query"u8) is not { } query) return exchange.AnswerOwnAsync(ToolResult.Failed("query must be a string."));
        var limit = Math.Clamp(arguments.Number("limit"u8) ?? DefaultLimit, 1, MaxLimit);
        var found = ToolIndex.Of(exchange.Scope.Catalog).Search(query, limit);
        return exchange.AnswerOwnAsync(ToolResult.Of(writer => ToolSummary.WriteAll(writer, found)));
    }
}
