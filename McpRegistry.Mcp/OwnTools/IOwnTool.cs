namespace McpRegistry.Mcp.OwnTools;

/// <summary>A tool of the registry itself, shown on <c>/mcp</c>.</summary>
internal interface IOwnTool
{
    string Name { get; }

    Task CallAsync(McpExchange exchange);
}
