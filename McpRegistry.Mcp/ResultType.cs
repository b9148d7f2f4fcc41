using System.Text.Json;

namespace McpRegistry.Mcp;

/// <summary>Reads the <c>resultType</c> of a result.</summary>
internal static class ResultType
{
    /// <summary>True when the server wants input before it goes on, which only modern clients can give.</summary>
    public static bool IsInputRequired(ReadOnlySpan<byte> result)
    {
        // Looking for the word first spares nearly every result the walk over its members.
        if (result.IndexOf("input_required"u8) < 0) return false;
        var reader = new Utf8JsonReader(result, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // As they stand: an escape may be of half a character, and comparing its text would throw.
            var isType = reader.ValueSpan.SequenceEqual("resultType"u8);
            reader.Read();
            if (isType) return reader.TokenType == JsonTokenType.String && reader.ValueSpan.SequenceEqual("input_required"u8);
            reader.Skip();
        }
        return false;
    }
}
