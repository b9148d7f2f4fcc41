using System.Collections.Frozen;
using System.Text.Json;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>
/// A tool's <c>outputSchema</c>. Clients compile it when they read the list: the TypeScript SDK 1.x throws away the whole list for one
/// that Ajv cannot compile, a draft-4 <c>"exclusiveMinimum": true</c> or a Python pattern. So one with a doubt in it is not shown;
/// the tool works without.
/// </summary>
internal static class OutputSchema
{
    // Reading stops here, since references may not be followed for ever.
    private const int MaxReference = 256;
    private const int MaxHops = 16;

    private static readonly string[] Dialects =
        ["http://json-schema.org/draft-06/schema", "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema"];

    private static readonly string[] Types = ["array", "boolean", "integer", "null", "number", "object", "string"];

    private static readonly FrozenDictionary<string, Func<JsonElement, JsonElement, bool>> Keywords = Table();

    public static ValueShape Shape { get; } = new("a JSON schema that every client can compile", static value => value.ValueKind == JsonValueKind.Object && IsDialect(value) && IsSchema(value, value));

    private static FrozenDictionary<string, Func<JsonElement, JsonElement, bool>> Table()
    {
        var table = new Dictionary<string, Func<JsonElement, JsonElement, bool>>(StringComparer.Ordinal);
        Add(IsSchema, "additionalItems", "additionalProperties", "contains", "else", "if", "not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties");
        Add(AreSchemas, "allOf", "anyOf", "oneOf", "prefixItems");
        Add(AreNamedSchemas, "$defs", "definitions", "dependentSchemas", "properties");
        Add((value, root) => AreNamedSchemas(value, root) && value.EnumerateObject().All(one => EcmaPattern.IsPlain(one.Name)), "patternProperties");
        Add((value, root) => value.ValueKind == JsonValueKind.Array ? AreSchemas(value, root) : IsSchema(value, root), "items");
        Add((value, root) => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(one => AreTexts(one.Value, root) || IsSchema(one.Value, root)), "dependencies");
        Add((value, root) => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(one => AreTexts(one.Value, root)), "dependentRequired");
        Add((value, _) => value.ValueKind == JsonValueKind.Number, "exclusiveMaximum", "exclusiveMinimum", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf");
        Add((value, _) => value.ValueKind is JsonValueKind.True or JsonValueKind.False, "nullable", "uniqueItems");
        Add((value, _) => value.ValueKind == JsonValueKind.String, "$schema", "format");
        Add((value, _) => value.ValueKind == JsonValueKind.String && EcmaPattern.IsPlain(value.GetString()!), "pattern");
        Add((value, _) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0, "enum");
        Add((value, _) => IsType(value) || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(IsType)), "type");
        Add(AreTexts, "required");
        Add((value, root) => value.ValueKind == JsonValueKind.String && LeadsSomewhere(value.GetString()!, root), "$ref");
        // A name of its own is one for all schemas a client knows: another service's tool could be checked by it.
        Add((_, _) => false, "$anchor", "$async", "$dynamicAnchor", "$dynamicRef", "$id", "$recursiveAnchor", "$recursiveRef", "discriminator", "id",
            // Words of ajv-formats, which compiles them only beside a format that it can compare.
            "formatExclusiveMaximum", "formatExclusiveMinimum", "formatMaximum", "formatMinimum");
        return table.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(Func<JsonElement, JsonElement, bool> isRight, params string[] names)
        {
            foreach (var name in names) table[name] = isRight;
        }
    }

    private static bool IsSchema(JsonElement value, JsonElement root)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return true;
        if (value.ValueKind != JsonValueKind.Object) return false;
        foreach (var member in value.EnumerateObject())
            if (Keywords.TryGetValue(member.Name, out var isRight) && !isRight(member.Value, root)) return false;
        return !value.TryGetProperty("nullable"u8, out var nullable) || (nullable.ValueKind == JsonValueKind.True && value.TryGetProperty("type"u8, out _));
    }

    private static bool AreSchemas(JsonElement value, JsonElement root) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(one => IsSchema(one, root));

    private static bool AreNamedSchemas(JsonElement value, JsonElement root) => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(one => IsSchema(one.Value, root));

    private static bool AreTexts(JsonElement value, JsonElement root) => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String);

    private static bool IsType(JsonElement value) => value.ValueKind == JsonValueKind.String && Types.Contains(value.GetString());

    private static bool IsDialect(JsonElement root) =>
        !root.TryGetProperty("$schema"u8, out var dialect) || (dialect.ValueKind == JsonValueKind.String && Dialects.Contains(dialect.GetString()!.TrimEnd('#')));

    // "#" or "#/$defs/a": a definition at the root, which is looked at as a schema itself. Other places may be anything, and a chain of
    // nothing but references that comes back to its beginning has no end.
    private static bool LeadsSomewhere(string reference, JsonElement root)
    {
        for (var hops = 0; hops < MaxHops; hops++)
        {
            if (reference == "#") return hops == 0;
            if (Definition(reference, root) is not { } place) return false;
            if (place.ValueKind != JsonValueKind.Object || !place.TryGetProperty("$ref"u8, out var next)) return true;
            if (next.ValueKind != JsonValueKind.String) return false;
            reference = next.GetString()!;
        }
        return false;
    }

    private static JsonElement? Definition(string reference, JsonElement root)
    {
        var steps = reference.Split('/');
        if (steps is not ["#", "$defs" or "definitions", var name] || reference.Length > MaxReference) return null;
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.')) return null;
        return root.TryGetProperty(steps[1], out var all) && all.ValueKind == JsonValueKind.Object && all.TryGetProperty(name, out var found)
            && found.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False ? found : null;
    }
}
