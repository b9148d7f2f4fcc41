using System.Buffers.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Finds out what a line was that is too long to be kept: from its beginning, and from its last bytes.</summary>
internal static class OversizeLine
{
    private const int KeptEnd = 256;

    /// <summary>True when it is certain from the beginning that this is a request or a notification of the server.</summary>
    public static bool IsNoAnswer(ReadOnlySpan<byte> beginning)
    {
        try
        {
            var reader = new Utf8JsonReader(beginning, isFinalBlock: false, default);
            while (reader.Read())
            {
                // As it stands: an escaped name may hold half a character, and comparing its text would throw.
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.SequenceEqual("method"u8)) return true;
            }
        }
        catch (JsonException)
        {
            // No JSON, or deeper than anybody nests: it may be anything.
        }

        return false;
    }

    /// <summary>Forgets all of the line but its last bytes.</summary>
    public static void KeepEnd(PooledBytes line)
    {
        if (line.Length <= KeptEnd) return;
        line.Span[^KeptEnd..].CopyTo(line.Written);
        line.Truncate(KeptEnd);
    }

    /// <summary>The id in <c>…,"id":7}</c> or <c>…,"id":7,"jsonrpc":"2.0"}</c> at the very end: one brace closes the message, so the member before it is the message's own. Null: there is none.</summary>
    public static long? TryReadIdAtEnd(ReadOnlySpan<byte> end)
    {
        var rest = end.TrimEnd(" \t\r\0"u8);
        if (!TakeEnd(ref rest, "}"u8)) return null;
        // Behind the id stands the version with some, the C# SDK for one.
        var before = rest;
        if (TakeEnd(ref before, "\"2.0\""u8) && TakeEnd(ref before, ":"u8) && TakeEnd(ref before, "\"jsonrpc\""u8) && TakeEnd(ref before, ","u8)) rest = before;
        var isText = TakeEnd(ref rest, "\""u8);
        if (!isText) rest = rest.TrimEnd(" \t"u8);
        var digits = rest[(rest.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1)..];
        rest = rest[..^digits.Length];
        if (isText && !TakeEnd(ref rest, "\""u8)) return null;
        if (!TakeEnd(ref rest, ":"u8) || !TakeEnd(ref rest, "\"id\""u8) || !TakeEnd(ref rest, ","u8)) return null;
        return Utf8Parser.TryParse(digits, out long id, out var consumed) && consumed == digits.Length ? id : null;
    }

    private static bool TakeEnd(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> end)
    {
        var trimmed = rest.TrimEnd(" \t"u8);
        if (!trimmed.EndsWith(end)) return false;
        rest = trimmed[..^end.Length];
        return true;
    }
}
