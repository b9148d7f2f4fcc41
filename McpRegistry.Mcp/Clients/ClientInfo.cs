using System.Buffers;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp.Clients;

/// <summary>What is kept of what a client says of itself: its name, title and version, which is what servers look at.</summary>
internal static class ClientInfo
{
    /// <summary>The most that is kept, in bytes. A member that does not fit is left out.</summary>
    public const int MaxBytes = 4096;

    private static readonly byte[][] Kept = ["name"u8.ToArray(), "title"u8.ToArray(), "version"u8.ToArray()];

    /// <summary>What is kept of a <c>clientInfo</c> (JSON). Empty: it is no object, or damaged.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> clientInfo)
    {
        if (clientInfo.IsEmpty || clientInfo.Span[0] != (byte)'{') return default;
        RequestParams members;
        try { members = RequestParams.Parse(clientInfo); }
        catch (JsonException) { return default; }
        var kept = new ArrayBufferWriter<byte>(128);
        kept.Write("{"u8);
        foreach (var name in Kept)
        {
            var value = members.Member(name, out var type);
            if (type != JsonTokenType.String || kept.WrittenCount + name.Length + value.Length + "\"\":,}".Length > MaxBytes) continue;
            kept.Write(kept.WrittenCount > 1 ? ",\""u8 : "\""u8);
            kept.Write(name);
            kept.Write("\":"u8);
            kept.Write(value.Span);
        }
        kept.Write("}"u8);
        return kept.WrittenMemory.ToArray();
    }
}
