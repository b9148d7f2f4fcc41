using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>Finds out which request a message that could not be taken was, so that its sender can tell whose error it gets.</summary>
internal static class ReadableId
{
    // Deeper than any message is taken: the fault may be the depth itself.
    private static readonly JsonReaderOptions Lenient = new() { MaxDepth = 4096 };

    /// <summary>The id as it stands in the message. Empty: it cannot be told, or it names none of the sender's requests.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> message)
    {
        ReadOnlyMemory<byte> id = default;
        var isAnswer = false;
        var isRequest = false;
        try
        {
            var reader = new Utf8JsonReader(message.Span, isFinalBlock: false, new JsonReaderState(Lenient));
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.StartArray) return default;
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                // As it stands: an escaped name may hold half a character, and comparing its text would throw.
                var name = reader.ValueSpan;
                isRequest |= name.SequenceEqual("method"u8);
                isAnswer |= name.SequenceEqual("result"u8) || name.SequenceEqual("error"u8);
                if (!name.SequenceEqual("id"u8)) continue;
                // Named twice it may be either.
                if (!id.IsEmpty) return default;
                if (reader.Read()) id = Value(ref reader, message);
            }
        }
        catch (JsonException)
        {
            // What stood before the fault has been looked at.
        }
        return isAnswer && !isRequest ? default : id;
    }

    private static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> message)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return default;
        var value = message[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
        if (value.Length > LongIds.MaxBytes) return default;
        var isWhole = reader.TokenType == JsonTokenType.String
            ? Utf8.IsValid(value.Span)
            : Utf8Parser.TryParse(value.Span, out long _, out var consumed) && consumed == value.Length;
        return isWhole ? value : default;
    }
}
