using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>Makes a definition fit every revision of MCP that we serve, where it does not. All else in it stays as it is.</summary>
internal static class DefinitionMender
{
    private const int MostTold = 3;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The definition as it can be listed: the same element where nothing is wrong with it.</summary>
    /// <param name="shape">Which list it stands in.</param>
    /// <param name="definition">An object without duplicate members, its text sound.</param>
    /// <param name="faults">Gets a sentence for each thing that is wrong, at most a few.</param>
    public static JsonElement Mend(CatalogListShape shape, JsonElement definition, List<string> faults)
    {
        var members = DefinitionShapes.Of(shape.Kind);
        var isWrong = false;
        foreach (var member in definition.EnumerateObject())
        {
            if (!members.TryGetValue(member.Name, out var wanted) || wanted.Fits(member.Value)) continue;
            isWrong = true;
            Tell(faults, wanted.CanMend(member.Value) ? $"{member.Name} is not quite {wanted.Expected} and was put right." : $"{member.Name} is not {wanted.Expected} and is not shown.");
        }

        var missing = MissingOf(shape, definition, members);
        if (missing is not null) Tell(faults, $"{missing} is missing and was put in.");
        return isWrong || missing is not null ? Write(shape, definition, members, missing) : definition;
    }

    /// <summary>
    /// The definition for clients of revisions before 2026-07-28, which want an <c>outputSchema</c> to be the schema of an object.
    /// Null: it is the same for them.
    /// </summary>
    public static JsonElement? ForLegacy(CatalogKind kind, JsonElement definition)
    {
        if (kind != CatalogKind.Tool || !definition.TryGetProperty("outputSchema"u8, out var schema) || ObjectSchema.Shape.Fits(schema)) return null;
        return Written(writer =>
        {
            foreach (var member in definition.EnumerateObject()) ValueShapes.WriteMember(member, member.NameEquals("outputSchema"u8) ? ObjectSchema.Shape : null, writer);
        });
    }

    // Of the members that must be there the key is, and one of the others at most is wanted.
    private static string? MissingOf(CatalogListShape shape, JsonElement definition, IReadOnlyDictionary<string, ValueShape> members)
    {
        var required = shape.Kind switch
        {
            CatalogKind.Tool => "inputSchema",
            CatalogKind.Prompt => null,
            _ => "name",
        };
        if (required is null) return null;
        return definition.TryGetProperty(required, out var value) && (members[required].Fits(value) || members[required].CanMend(value)) ? null : required;
    }

    private static JsonElement Write(CatalogListShape shape, JsonElement definition, IReadOnlyDictionary<string, ValueShape> members, string? missing) => Written(writer =>
    {
        foreach (var member in definition.EnumerateObject()) ValueShapes.WriteMember(member, members.GetValueOrDefault(member.Name), writer);
        if (missing is null) return;
        writer.WritePropertyName(missing);
        // A resource without a name is called by its URI.
        if (shape.Kind == CatalogKind.Tool) writer.WriteRawValue("""{"type":"object"}"""u8, skipInputValidation: true);
        else ValueShapes.WriteAsIs(definition.GetProperty(shape.Key), writer);
    });

    private static JsonElement Written(Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        writer.Flush();
        return JsonElement.Parse(output.WrittenSpan, DefinitionReader.Document);
    }

    private static void Tell(List<string> faults, string sentence)
    {
        if (faults.Count < MostTold) faults.Add(sentence);
        else if (faults.Count == MostTold) faults.Add("There is more of the kind.");
    }
}
