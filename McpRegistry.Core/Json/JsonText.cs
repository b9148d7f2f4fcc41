using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>JSON strings to text and back.</summary>
public static class JsonText
{
    /// <summary>The text of a JSON string, given with its quotes.</summary>
    /// <exception cref="JsonException">It escapes half a character (a lone surrogate), which is no text.</exception>
    public static string Decode(ReadOnlySpan<byte> quoted)
    {
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try { return reader.GetString() ?? ""; }
        catch (InvalidOperationException) { throw new JsonException("A text escapes half a character."); }
    }

    /// <summary>A text as JSON string, quotes included.</summary>
    public static byte[] Encode(string text) => JsonSerializer.SerializeToUtf8Bytes(text);
}
