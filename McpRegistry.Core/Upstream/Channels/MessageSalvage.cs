using System.Text.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Finds out whom a broken answer was for, so that one bad answer fails one call.</summary>
internal static class MessageSalvage
{
    private static readonly JsonReaderOptions Lenient = new() { MaxDepth = 4096 };

    /// <summary>The number in the top-level <c>id</c> of an answer that is cut off, too deep or no proper JSON-RPC. Null: it cannot be told.</summary>
    public static long? TryReadId(ReadOnlySpan<byte> message)
    {
        long? id = null;
        var isAnswer = false;
        try
        {
            var reader = new Utf8JsonReader(message, isFinalBlock: false, new JsonReaderState(Lenient));
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                // As it stands: an escaped name may hold half a character, and comparing its text would throw.
                var name = reader.ValueSpan;
                if (name.SequenceEqual("method"u8)) return null;
                isAnswer |= name.SequenceEqual("result"u8) || name.SequenceEqual("error"u8);
                if (name.SequenceEqual("id"u8) && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)) id = number;
            }
        }
        catch (JsonException)
        {
            // What stood before the fault has been looked at.
        }

        return isAnswer ? id : null;
    }
}
