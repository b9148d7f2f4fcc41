using System.Runtime.InteropServices;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>
/// The one place where what a service publishes is checked, one item at a time: what comes out of here can be listed, searched,
/// compared and sent to any client together with the items of all other services. What is wrong with an item and clear in its
/// meaning is put right; an item whose meaning is not clear is left out. Nobody else checks again.
/// </summary>
internal static class DefinitionReader
{
    /// <summary>How long a name may be, in characters: what MCP recommends for tools.</summary>
    public const int MaxNameLength = 128;

    /// <summary>How long a URI may be, in characters: modern clients repeat it in a header, and servers take 32 KiB of those.</summary>
    public const int MaxUriLength = 8192;

    /// <summary>How long a template of URIs may be, in characters: every unknown URI that begins as it does is held against it.</summary>
    public const int MaxTemplateLength = 512;

    /// <summary>
    /// How large a definition may be, in bytes. The schemas of large HTTP services come near to it, with all that they refer to; how
    /// many of that size there may be is bounded by the list (<see cref="Limits.CatalogOptions.MaxListBytes"/>).
    /// </summary>
    public const int MaxBytes = 256 * 1024;

    // What the document keeps of each token beside the text, halved: of ordinary definitions the text is more.
    private const int BytesOfToken = 6;

    /// <summary>
    /// How deep a definition may be nested. In an answer it stands three levels deep, and 64 levels are what the strictest readers
    /// take that clients are built with (System.Text.Json in the C# SDK): one deeper, and such a client loses the whole list.
    /// </summary>
    public const int MaxDepth = 60;

    /// <summary>How documents with definitions in them are read: as deep as they come, since one item that is too deep must not hide the others.</summary>
    public static readonly JsonDocumentOptions Document = new() { MaxDepth = int.MaxValue };

    private static readonly string TooLarge = $"It is larger than {Limits.SizeWords.Of(MaxBytes)}.";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads an item of a list as it was sent. Of one that is too large no document is made.</summary>
    public static DefinitionReading Read(CatalogListShape shape, string service, ReadOnlySpan<byte> item) =>
        item.Length > MaxBytes ? LeftOut(shape, ItemLabel.FindName(item, shape.KeyUtf8), TooLarge) : Read(shape, service, JsonElement.Parse(item, Document));

    /// <summary>Reads an item of a list.</summary>
    public static DefinitionReading Read(CatalogListShape shape, string service, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) return LeftOut(shape, null, "It is not an object.");
        if (!JsonText.TryGetMember(item, shape.KeyUtf8, out var key) || key.ValueKind != JsonValueKind.String) return LeftOut(shape, null, $"It has no {shape.Key}.");
        var name = JsonText.Of(key)!;
        var json = JsonMarshal.GetRawUtf8Value(item);
        if (RefusalOf(shape, name, JsonMarshal.GetRawUtf8Value(key), json, out var tokens) is { } refusal) return LeftOut(shape, name, refusal);

        var faults = new List<string>(0);
        if (shape.IsNamed && name.AsSpan().ContainsAny('<', '>')) faults.Add("Its name holds < or >, as the tags of a page do.");
        if (InvisibleText.IsIn(json)) faults.Add("It holds text that models read and people do not see (tags of Unicode, or marks that turn the order); it is shown as it is.");
        var definition = Parse(json, faults);
        if (shape.Kind == CatalogKind.Tool && definition.TryGetProperty("inputSchema"u8, out var input) && !ObjectSchema.Shape.Fits(input) && !ObjectSchema.Shape.CanMend(input))
            return LeftOut(shape, name, "Its inputSchema asks for something that is not an object.");
        definition = DefinitionMender.Mend(shape, definition, faults);
        if (shape.Kind == CatalogKind.Tool) definition = TaskSupport.Without(definition);
        var entry = new CatalogEntry
        {
            Kind = shape.Kind,
            Service = service,
            Name = name,
            ExposedName = shape.IsNamed ? ExposedNames.Compose(service, name) : name,
            Definition = definition,
            Weight = tokens * BytesOfToken,
            LegacyDefinition = DefinitionMender.ForLegacy(shape.Kind, definition),
            ClaimsSafe = shape.Kind == CatalogKind.Tool && definition.TryGetProperty("annotations"u8, out var hints) && (Says(hints, "readOnlyHint"u8) || Says(hints, "idempotentHint"u8)),
        };
        return new DefinitionReading(entry, faults.Count == 0 ? null : new CatalogProblem(shape.Kind, ItemLabel.Of(name), string.Join(' ', faults), IsMended: true));
    }

    private static string? RefusalOf(CatalogListShape shape, string name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> json, out int tokens)
    {
        tokens = 0;
        if (name.Length == 0) return $"Its {shape.Key} is empty.";
        if (name.Length > shape.MaxKeyLength) return $"Its {shape.Key} is longer than {shape.MaxKeyLength} characters.";
        // Under the mended name the service would not know it.
        if (!JsonUnicode.IsSound(key) || name.Contains('\uFFFD', StringComparison.Ordinal)) return $"Its {shape.Key} is no Unicode text.";
        if (shape.IsNamed ? NameCharacters.HasHidden(name) : NameCharacters.HasHiddenInUri(name)) return $"Its {shape.Key} holds control characters, or others that nobody sees.";
        if (shape.IsNamed && LookAlikes.HasMixedWord(name)) return $"Its {shape.Key} mixes letters of several scripts that look alike.";
        if (json.Length > MaxBytes) return TooLarge;
        return Unreadable(json, out tokens);
    }

    // A reader that makes doubles of numbers gets an infinity for what is larger, and some throw the whole list away for it.
    private static string? Unreadable(ReadOnlySpan<byte> json, out int tokens)
    {
        tokens = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            tokens++;
            if (reader.CurrentDepth >= MaxDepth && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) return $"It is nested deeper than {MaxDepth} levels.";
            if (reader.TokenType == JsonTokenType.Number && !(reader.TryGetDouble(out var number) && double.IsFinite(number))) return "It holds a number that is too large for clients.";
        }
        return null;
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json, List<string> faults)
    {
        if (!JsonUnicode.IsSound(json))
        {
            faults.Add("Text in it that is no Unicode was replaced.");
            json = JsonUnicode.Mend(json);
        }

        // A document of its own, so that the page it came in can go.
        try { return JsonElement.Parse(json, Strict); }
        catch (JsonException)
        {
            faults.Add("A member in it that stands twice was taken once, the last one.");
            return DuplicateMembers.Drop(JsonElement.Parse(json, Document));
        }
    }

    private static bool Says(JsonElement hints, ReadOnlySpan<byte> name) => hints.TryGetProperty(name, out var hint) && hint.ValueKind == JsonValueKind.True;

    private static DefinitionReading LeftOut(CatalogListShape shape, string? name, string reason) => new(null, new CatalogProblem(shape.Kind, ItemLabel.Of(name), reason));
}
