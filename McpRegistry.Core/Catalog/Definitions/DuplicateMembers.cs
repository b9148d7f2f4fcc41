using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>Takes members that stand twice in an object once: the last one, as JavaScript does. Readers that take the first, or refuse such JSON, then see the same.</summary>
internal static class DuplicateMembers
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="value">Of bounded depth, its text sound.</param>
    public static JsonElement Drop(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        Write(value, writer);
        writer.Flush();
        return JsonElement.Parse(output.WrittenSpan, DefinitionReader.Document);
    }

    private static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                var last = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var (index, member) in value.EnumerateObject().Index()) last[member.Name] = index;
                foreach (var (index, member) in value.EnumerateObject().Index())
                {
                    if (last[member.Name] != index) continue;
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                ValueShapes.WriteAsIs(value, writer);
                break;
        }
    }
}
