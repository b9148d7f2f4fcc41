using System.Text.Json;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>
/// The JSON schema of an object, as a tool's <c>inputSchema</c> must be in every revision and its <c>outputSchema</c> in those
/// before 2026-07-28: <c>type</c> is <c>object</c>, the values of <c>properties</c> are objects, <c>required</c> holds texts.
/// </summary>
internal static class ObjectSchema
{
    public static ValueShape Shape { get; } = new("a JSON schema of an object", Fits) { CanMend = CanMend, WriteMended = Write };

    private static bool Fits(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object"u8)
        && (!value.TryGetProperty("properties"u8, out var properties) || AreProperties(properties))
        && (!value.TryGetProperty("required"u8, out var required) || AreTexts(required))
        && (!value.TryGetProperty("$schema"u8, out var dialect) || dialect.ValueKind == JsonValueKind.String);

    private static bool AreProperties(JsonElement value) => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(one => one.Value.ValueKind == JsonValueKind.Object);

    private static bool AreTexts(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String);

    // null, true and PHP's [] for an empty object all say that nothing is known of the value.
    private static bool CanMend(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.True => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => MeansObject(value),
        _ => false,
    };

    // Without a type, with an odd spelling of it or with alternatives it still means an object; "string" does not, unless it has properties.
    private static bool MeansObject(JsonElement schema)
    {
        if (!schema.TryGetProperty("type"u8, out var type) || IsNamed(type)) return true;
        if (type.ValueKind == JsonValueKind.Array && (type.GetArrayLength() == 0 || type.EnumerateArray().Any(IsNamed))) return true;
        return type.ValueKind == JsonValueKind.Null || (schema.TryGetProperty("properties"u8, out var properties) && properties.ValueKind == JsonValueKind.Object);
    }

    private static bool IsNamed(JsonElement type) => type.ValueKind == JsonValueKind.String && string.Equals(type.GetString(), "object", StringComparison.OrdinalIgnoreCase);

    private static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "object"u8);
        if (value.ValueKind == JsonValueKind.Object)
            foreach (var member in value.EnumerateObject()) WriteMember(member, writer);
        writer.WriteEndObject();
    }

    private static void WriteMember(JsonProperty member, Utf8JsonWriter writer)
    {
        var kind = member.Value.ValueKind;
        switch (member.Name)
        {
            case "type":
            case "properties" when kind != JsonValueKind.Object:
            case "required" when kind != JsonValueKind.Array:
            case "$schema" when kind != JsonValueKind.String:
                break;
            case "properties":
                writer.WriteStartObject("properties"u8);
                foreach (var property in member.Value.EnumerateObject()) WriteProperty(property, writer);
                writer.WriteEndObject();
                break;
            case "required":
                writer.WriteStartArray("required"u8);
                foreach (var name in member.Value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String)) ValueShapes.WriteAsIs(name, writer);
                writer.WriteEndArray();
                break;
            default:
                ValueShapes.WriteMember(member, null, writer);
                break;
        }
    }

    // true is any value and false is none; revisions before 2026-07-28 want both written as objects.
    private static void WriteProperty(JsonProperty property, Utf8JsonWriter writer)
    {
        writer.WritePropertyName(property.Name);
        if (property.Value.ValueKind == JsonValueKind.Object) ValueShapes.WriteAsIs(property.Value, writer);
        else writer.WriteRawValue(property.Value.ValueKind == JsonValueKind.False ? """{"not":{}}"""u8 : "{}"u8, skipInputValidation: true);
    }
}
