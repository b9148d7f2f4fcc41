using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>Reads error objects of answers without building a document.</summary>
public static class JsonRpcErrors
{
    /// <summary>The <c>code</c> of an error object. Null: it is empty, or names none that is an integer.</summary>
    /// <param name="error">The object, found to be well formed already.</param>
    public static int? CodeOf(ReadOnlySpan<byte> error)
    {
        if (error.IsEmpty) return null;
        var reader = new Utf8JsonReader(error, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // As it stands: an escaped name may hold half a character, and comparing its text would throw.
            var isCode = reader.ValueSpan.SequenceEqual("code"u8);
            reader.Read();
            if (isCode) return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var code) ? code : null;
            reader.Skip();
        }

        return null;
    }
}
