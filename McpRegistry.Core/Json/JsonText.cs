using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>JSON strings to text and back.</summary>
public static class JsonText
{
    /// <summary>The text of a JSON string, given with its quotes.</summary>
    public static string Decode(ReadOnlySpan<byte> quoted)
    {
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return reader.GetString() ?? "";
    }

    /// <summary>A text as JSON string, quotes included.</summary>
    public static byte[] Encode(string text) => JsonSerializer.SerializeToUtf8Bytes(text);
}
