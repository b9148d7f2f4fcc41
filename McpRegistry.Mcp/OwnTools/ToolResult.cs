using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpRegistry.Mcp.OwnTools;

/// <summary>Results of tools: the same content as text, for models, and structured, for programs.</summary>
internal static class ToolResult
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A good result.</summary>
    /// <param name="members">Writes the members of the structured content.</param>
    public static byte[] Of(Action<Utf8JsonWriter> members)
    {
        var content = Write(members);
        return Write(writer =>
        {
            WriteText(writer, content);
            writer.WritePropertyName("structuredContent"u8);
            writer.WriteRawValue(content, skipInputValidation: true);
        });
    }

    /// <summary>A result that tells the model what it did wrong.</summary>
    public static byte[] Failed(string message) => Write(writer =>
    {
        WriteText(writer, System.Text.Encoding.UTF8.GetBytes(message));
        writer.WriteBoolean("isError"u8, true);
    });

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
