using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>The pieces answers are put together from.</summary>
internal static class EnvelopeParts
{
    public static ReadOnlySpan<byte> Start => "{\"jsonrpc\":\"2.0\",\"id\":"u8;

    public static ReadOnlyMemory<byte> Result { get; } = ",\"result\":"u8.ToArray();

    public static ReadOnlyMemory<byte> Error { get; } = ",\"error\":"u8.ToArray();

    public static ReadOnlyMemory<byte> End { get; } = "}"u8.ToArray();

    /// <summary>The end of an envelope that is an event.</summary>
    public static ReadOnlyMemory<byte> EventEnd { get; } = (byte[])[.. End.Span, .. SseWriter.End.Span];

    public static ReadOnlyMemory<byte> EmptyObject { get; } = "{}"u8.ToArray();

    /// <summary>What the modern era wants in each result, and a legacy upstream leaves out.</summary>
    public static ReadOnlyMemory<byte> ModernMembers { get; } = "\"resultType\":\"complete\""u8.ToArray();

    /// <summary>The same for <c>resources/read</c>: nobody vouched for its content, so it must not be kept.</summary>
    public static ReadOnlyMemory<byte> ModernReadMembers { get; } = "\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\""u8.ToArray();

    /// <summary>The same for answers that the registry itself gives.</summary>
    public static ReadOnlyMemory<byte> OwnModernMembers { get; } =
        (byte[])[.. "\"resultType\":\"complete\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":"u8, .. MetaKeys.OwnInfo, (byte)'}'];

    /// <summary>True for <c>{}</c>, with or without white space in it.</summary>
    public static bool IsEmptyObject(ReadOnlySpan<byte> json) => json[1..].TrimStart(" \t\r\n"u8)[0] == (byte)'}';
}
