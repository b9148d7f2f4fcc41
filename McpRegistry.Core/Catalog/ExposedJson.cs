using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

using McpRegistry.Core.Catalog.Definitions;
using McpRegistry.Core.Json;

namespace McpRegistry.Core.Catalog;

/// <summary>Writes entries as the merged catalog shows them: everything but the name, and the title that gets the name of the service, stays as the service published it, byte for byte.</summary>
internal static class ExposedJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Of(CatalogEntry entry, JsonElement definition)
    {
        if (entry.ExposedName == entry.Name && !definition.TryGetProperty(Title, out _)) return JsonMarshal.GetRawUtf8Value(definition).ToArray();
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        if (entry.ExposedName != entry.Name) writer.WriteString("name"u8, entry.ExposedName);
        foreach (var member in definition.EnumerateObject())
        {
            if (entry.ExposedName != entry.Name && member.NameEquals("name"u8)) continue;
            writer.WritePropertyName(member.Name);
            if (member.NameEquals(Title)) WriteTitle(writer, entry, member.Value);
            else if (entry.Kind == CatalogKind.Tool && member.NameEquals("annotations"u8) && member.Value.ValueKind == JsonValueKind.Object) WriteHints(writer, entry, member.Value);
            else writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
        }
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void WriteHints(Utf8JsonWriter writer, CatalogEntry entry, JsonElement hints)
    {
        writer.WriteStartObject();
        foreach (var hint in hints.EnumerateObject())
        {
            writer.WritePropertyName(hint.Name);
            if (hint.NameEquals(Title)) WriteTitle(writer, entry, hint.Value);
            else writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(hint.Value), skipInputValidation: true);
        }
        writer.WriteEndObject();
    }

    // Two services may call things the same, and people are shown the title, not the name. What nobody sees goes: it could turn around
    // what is put behind it.
    private static void WriteTitle(Utf8JsonWriter writer, CatalogEntry entry, JsonElement title)
    {
        if (JsonText.Of(title) is not { } text)
        {
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(title), skipInputValidation: true);
            return;
        }

        writer.WriteStringValue($"{string.Concat(text.EnumerateRunes().Where(rune => !NameCharacters.IsHiddenInText(rune)))} ({entry.Service})");
    }

    private const string Title = "title";
}
