using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Finds out whom a broken answer was for, so that one bad answer fails one call.</summary>
internal static class MessageSalvage
{
    private static readonly JsonReaderOptions Lenient = new() { MaxDepth = int.MaxValue };

    /// <summary>The number in the top-level <c>id</c> of an answer that is cut off, too deep or no proper JSON-RPC. Null: it cannot be told.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isAnswer">
    /// True when it can be nothing else; else it must have a result or an error, or be whole and have the mark of JSON-RPC: one that
    /// has neither, <c>{"jsonrpc":"2.0","id":7}</c>, is all that will come.
    /// </param>
    public static long? TryReadId(ReadOnlySpan<byte> message, bool isAnswer = false)
    {
        long? id = null;
        var (hasMark, isWhole) = (false, false);
        if (message.StartsWith("\uFEFF"u8)) message = message["\uFEFF"u8.Length..];
        try
        {
            var reader = new Utf8JsonReader(message, isFinalBlock: false, new JsonReaderState(Lenient));
            while (reader.Read())
            {
                isWhole |= reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject;
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                // As it stands: an escaped name may hold half a character, and comparing its text would throw.
                var name = reader.ValueSpan;
                if (name.SequenceEqual("method"u8) && reader.Read() && reader.TokenType != JsonTokenType.Null) return null;
                hasMark |= name.SequenceEqual("jsonrpc"u8);
                isAnswer |= name.SequenceEqual("result"u8) || name.SequenceEqual("error"u8);
                if (name.SequenceEqual("id"u8) && reader.Read() && IdIn(ref reader) is { } number) id = number;
            }
        }
        catch (JsonException)
        {
            // What stood before the fault has been looked at.
        }

        return isAnswer || (hasMark && isWhole) ? id : null;
    }

    private static long? IdIn(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when JsonRpcId.TryReadNumber(reader.ValueSpan, out var number) => number,
        JsonTokenType.String when JsonRpcId.TryReadNumber(reader.ValueSpan, out var number) => number,
        _ => null,
    };
}
