using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>What is known of the schemas of bodies, worked out once for each: many operations have the same one.</summary>
internal sealed class BodyShapes(JsonObject document, SharedDefinitions shared)
{
    private readonly Dictionary<JsonObject, bool> _isFlat = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(JsonObject Schema, JsonObject? Encodings, PlainFormat Format), ImmutableDictionary<string, PlainField>> _fields = [];

    /// <summary>True when its fields can become arguments of their own: no rule across them, and no name that models refuse.</summary>
    public bool IsFlat(JsonObject schema)
    {
        if (_isFlat.TryGetValue(schema, out var known)) return known;
        return _isFlat[schema] = schema.Object("properties") is { Count: > 0 } own
            && schema.All(member => member.Key is "type" or "properties" or "required" or "title" or "description" or "additionalProperties" or "example" or "examples" or "xml"
                or "externalDocs" or "default" or "$defs" or "deprecated" || member.Key.StartsWith("x-", StringComparison.Ordinal))
            && (schema["type"] is null || schema.Text("type") == "object")
            && own.All(field => ToolNames.Clean(field.Key, ToolNames.MaxArgumentLength) == field.Key);
    }

    /// <summary>How the fields of a form are written.</summary>
    /// <exception cref="NotSendableException">There are more than are taken.</exception>
    public ImmutableDictionary<string, PlainField> FieldsOf(JsonObject? schema, JsonObject? encodings, PlainFormat format)
    {
        if (schema.Object("properties") is not { } properties) return ImmutableDictionary<string, PlainField>.Empty;
        var key = (schema!, encodings is { Count: > 0 } ? encodings : null, format);
        if (_fields.TryGetValue(key, out var known)) return known;
        shared.Budget.Spend(properties.Count * (long)FieldCost);
        if (shared.Budget.IsSpent) throw new NotSendableException("its body has more fields than are taken");
        var fields = ImmutableDictionary.CreateBuilder<string, PlainField>();
        foreach (var (name, node) in properties) fields[name] = FieldOf(name, document.Resolve(node), encodings.Object(name) ?? [], format);
        return _fields[key] = fields.ToImmutable();
    }

    private PlainField FieldOf(string name, JsonObject? field, JsonObject encoding, PlainFormat format)
    {
        var contentType = encoding.ShortText("contentType")?.Split(',')[0].Trim() is { Length: > 0 } given && MediaTypes.IsSound(given) && !given.Contains('*', StringComparison.Ordinal) ? given : null;
        var isBinary = format == PlainFormat.Multipart && (IsBinary(field) || IsBinary(document.Resolve(field?["items"])));
        return new PlainField
        {
            ContentType = contentType ?? (isBinary ? (field ?? []).ShortText("contentMediaType") : null),
            IsBinary = isBinary,
            IsJson = !isBinary && contentType is not null && MediaTypes.IsJson(contentType),
            Style = ParameterReader.FieldStyle(name, encoding),
        };
    }

    private static bool IsBinary(JsonObject? schema) =>
        schema.ShortText("format") == "binary" || schema.ShortText("contentEncoding") == "base64"
        || (schema.ShortText("contentMediaType") is { } media && !schema!.ContainsKey("contentEncoding") && !MediaTypes.IsJson(media) && !media.StartsWith("text/", StringComparison.Ordinal));

    private const int FieldCost = 128;
}
