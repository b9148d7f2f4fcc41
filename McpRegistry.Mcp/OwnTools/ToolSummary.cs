using System.Text.Json;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>A tool in one line.</summary>
internal static class ToolSummary
{
    public static void WriteAll(Utf8JsonWriter writer, IEnumerable<CatalogEntry> tools)
    {
        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, tool.ExposedName);
            writer.WriteString("service"u8, tool.Service);
            writer.WriteString("tool"u8, tool.Name);
            if (tool.Description is { } description) writer.WriteString("description"u8, description);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
