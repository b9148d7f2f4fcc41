using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>Reads the level of a <c>notifications/message</c>.</summary>
internal static class LogMessage
{
    /// <summary>The rank of its level; negative: it has none that MCP knows.</summary>
    public static int RankOf(ReadOnlyMemory<byte> message)
    {
        try { return McpLogLevels.RankOf(JsonRpcMessage.Read(message, JsonRpcMessage.MaxUpstreamDepth).Params.String("level"u8)); }
        catch (JsonException) { return -1; }
    }
}
