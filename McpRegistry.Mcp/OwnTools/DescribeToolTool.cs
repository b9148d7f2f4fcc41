using System.Runtime.InteropServices;

namespace McpRegistry.Mcp.OwnTools;

/// <summary><c>describe_tool</c>: one tool as its service published it.</summary>
internal sealed class DescribeToolTool : IOwnTool
{
    public string Name => OwnToolDefinitions.DescribeTool;

    public Task CallAsync(McpExchange exchange)
    {
        var arguments = OwnToolArguments.Of(exchange);
        var tool = ToolLookup.Find(exchange.Scope.Snapshot, arguments.Text("service"u8), arguments.Text("tool"u8), out var problem);
        if (tool is null) return exchange.AnswerOwnAsync(ToolResult.Failed(problem));
        return exchange.AnswerOwnAsync(ToolResult.Of(writer =>
        {
            writer.WriteString("name"u8, tool.ExposedName);
            writer.WriteString("service"u8, tool.Service);
            writer.WriteString("tool"u8, tool.Name);
            writer.WritePropertyName("definition"u8);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(tool.Definition));
        }));
    }
}
