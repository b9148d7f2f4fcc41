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
                if (reader.ValueTextEquals("method"u8)) return null;
                isAnswer |= reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("error"u8);
                if (reader.ValueTextEquals("id"u8) && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)) id = number;
            }
        }
        catch (JsonException)
        {
            // What stood before the fault has been looked at.
        }

        return isAnswer ? id : null;
    }
}
