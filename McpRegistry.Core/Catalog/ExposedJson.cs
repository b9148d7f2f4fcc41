using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpRegistry.Core.Catalog;

/// <summary>Writes entries as the merged catalog shows them: everything but the name stays as the service published it, byte for byte.</summary>
internal static class ExposedJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Of(CatalogEntry entry, JsonElement definition)
    {
        if (entry.ExposedName == entry.Name) return JsonMarshal.GetRawUtf8Value(definition).ToArray();
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("name"u8, entry.ExposedName);
        foreach (var member in definition.EnumerateObject())
        {
            if (member.NameEquals("name"u8)) continue;
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
        }
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
