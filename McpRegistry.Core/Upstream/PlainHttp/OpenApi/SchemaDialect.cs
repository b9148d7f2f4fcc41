using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>What in a schema is JSON Schema 2020-12, and how OpenAPI 3.0 says the same.</summary>
internal static class SchemaDialect
{
    private static readonly string[] Types = ["string", "number", "integer", "boolean", "array", "object", "null"];

    /// <summary>What stands under a keyword. <see cref="KeywordKind.Unknown"/>: nothing that a client would understand.</summary>
    public static KeywordKind KindOf(string keyword) => keyword switch
    {
        "$ref" => KeywordKind.Reference,
        "items" or "additionalProperties" or "not" or "if" or "then" or "else" or "contains" or "propertyNames"
            or "unevaluatedItems" or "unevaluatedProperties" or "contentSchema" => KeywordKind.Schema,
        "allOf" or "anyOf" or "oneOf" or "prefixItems" => KeywordKind.Schemas,
        "properties" or "patternProperties" or "dependentSchemas" => KeywordKind.SchemasByName,
        "required" => KeywordKind.Names,
        "type" or "title" or "description" or "format" or "pattern" or "contentEncoding" or "contentMediaType"
            or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" or "minLength" or "maxLength"
            or "minItems" or "maxItems" or "minProperties" or "maxProperties" or "minContains" or "maxContains"
            or "uniqueItems" or "deprecated" or "readOnly" or "writeOnly"
            or "enum" or "const" or "default" or "examples" or "dependentRequired" => KeywordKind.Value,
        _ => KeywordKind.Unknown,
    };

    /// <summary>True when a value is what JSON Schema has under that keyword.</summary>
    public static bool IsFit(string keyword, JsonNode? value) => keyword switch
    {
        "const" => true,
        "default" => value is not null,
        "enum" => value is JsonArray { Count: > 0 },
        "examples" => value is JsonArray,
        "dependentRequired" => value is JsonObject,
        "type" => IsType(value) || (value is JsonArray { Count: > 0 } types && types.All(IsType)),
        "uniqueItems" or "deprecated" or "readOnly" or "writeOnly" => value!.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "title" or "description" or "format" or "pattern" or "contentEncoding" or "contentMediaType" => value!.GetValueKind() == JsonValueKind.String,
        _ => value!.GetValueKind() == JsonValueKind.Number,
    };

    /// <summary>Says in JSON Schema what OpenAPI 3.0 says in its own way: exclusive bounds and examples.</summary>
    public static void Mend(JsonObject source, JsonObject copy)
    {
        MendBound(source, copy, "exclusiveMinimum", "minimum");
        MendBound(source, copy, "exclusiveMaximum", "maximum");
        if (source["example"] is { } example && !copy.ContainsKey("examples")) copy["examples"] = new JsonArray(example.DeepClone());
    }

    /// <summary>Says <c>nullable: true</c> in JSON Schema.</summary>
    public static JsonObject WithNull(JsonObject source, JsonObject copy)
    {
        if (source.Flag("nullable") != true) return copy;
        if (copy["enum"] is JsonArray values && values.All(value => value is not null)) values.Add((JsonNode?)null);
        switch (copy["type"])
        {
            case JsonValue type:
                copy["type"] = new JsonArray(type.DeepClone(), "null");
                return copy;
            case JsonArray types:
                if (types.All(type => type!.GetValue<string>() != "null")) types.Add("null");
                return copy;
        }

        if (!copy.ContainsKey("$ref") && !copy.ContainsKey("allOf") && !copy.ContainsKey("anyOf") && !copy.ContainsKey("oneOf")) return copy;
        var outer = new JsonObject();
        foreach (var annotation in Annotations)
        {
            if (copy[annotation] is not { } said) continue;
            copy.Remove(annotation);
            outer[annotation] = said;
        }

        outer["anyOf"] = new JsonArray(copy, new JsonObject { ["type"] = "null" });
        return outer;
    }

    // {"minimum": 3, "exclusiveMinimum": true} is {"exclusiveMinimum": 3}.
    private static void MendBound(JsonObject source, JsonObject copy, string exclusive, string bound)
    {
        if (source.Flag(exclusive) != true || copy[bound] is not { } limit) return;
        copy.Remove(bound);
        copy[exclusive] = limit;
    }

    private static bool IsType(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var type) && Types.Contains(type);

    private static readonly string[] Annotations = ["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"];
}

/// <summary>What stands under a keyword of a schema.</summary>
internal enum KeywordKind
{
    Unknown,
    Reference,
    Schema,
    Schemas,
    SchemasByName,
    Names,
    Value,
}
