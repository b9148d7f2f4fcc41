using System.Globalization;
using System.Text.Json;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Tests.Catalog.Definitions;

/// <summary>
/// MCP's schemas of list items as official clients enforce them, written down a second time: what the product takes for right must
/// be right here too. Where revisions differ, the strictest counts; that of <c>outputSchema</c> by era.
/// </summary>
internal static class McpSchemaCheck
{
    /// <summary>What is wrong with an item. Null: nothing.</summary>
    public static string? FaultOf(CatalogKind kind, JsonElement item, bool isLegacy)
    {
        if (item.ValueKind != JsonValueKind.Object) return "not an object";
        return CommonFault(item) ?? kind switch
        {
            CatalogKind.Tool => ToolFault(item, isLegacy),
            CatalogKind.Prompt => Optional(item, "arguments", value => List(value, ArgumentFault)),
            CatalogKind.Resource => ContentFault(item, "uri") ?? Optional(item, "size", value => value.TryGetInt64(out _) ? null : "size"),
            _ => ContentFault(item, "uriTemplate"),
        };
    }

    private static string? CommonFault(JsonElement item) =>
        Required(item, "name") ?? Optional(item, "title", Text) ?? Optional(item, "description", Text) ?? Optional(item, "_meta", Object)
        ?? Optional(item, "icons", value => List(value, icon => Required(icon, "src") ?? Optional(icon, "mimeType", Text) ?? Optional(icon, "sizes", sizes => List(sizes, Text)) ?? Optional(icon, "theme", theme => In(theme, "light", "dark"))));

    private static string? ToolFault(JsonElement tool, bool isLegacy)
    {
        if (!tool.TryGetProperty("inputSchema", out var input)) return "no inputSchema";
        return ObjectSchema(input)
            ?? Optional(tool, "outputSchema", value => isLegacy ? ObjectSchema(value) : Object(value) ?? Optional(value, "$schema", Text))
            ?? Optional(tool, "execution", value => Object(value) ?? Optional(value, "taskSupport", support => In(support, "required", "optional", "forbidden")))
            ?? Optional(tool, "annotations", value => Object(value) ?? Optional(value, "title", Text) ?? Optional(value, "readOnlyHint", Flag) ?? Optional(value, "destructiveHint", Flag) ?? Optional(value, "idempotentHint", Flag) ?? Optional(value, "openWorldHint", Flag));
    }

    private static string? ObjectSchema(JsonElement schema)
    {
        if (Object(schema) is { } fault) return fault;
        if (!schema.TryGetProperty("type", out var type) || In(type, "object") is not null) return "type is not object";
        if (schema.TryGetProperty("properties", out var properties) && (properties.ValueKind != JsonValueKind.Object || properties.EnumerateObject().Any(one => one.Value.ValueKind != JsonValueKind.Object))) return "properties";
        return Optional(schema, "required", value => List(value, Text)) ?? Optional(schema, "$schema", Text);
    }

    private static string? ContentFault(JsonElement item, string key) => Required(item, key) ?? Optional(item, "mimeType", Text) ?? Optional(item, "annotations", value => Object(value)
        ?? Optional(value, "audience", audience => List(audience, role => In(role, "user", "assistant")))
        ?? Optional(value, "priority", priority => priority.ValueKind == JsonValueKind.Number && priority.GetDouble() is >= 0 and <= 1 ? null : "priority")
        ?? Optional(value, "lastModified", time => time.ValueKind == JsonValueKind.String && time.GetString() is { Length: >= 20 } text && text[10] == 'T' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : "lastModified"));

    private static string? ArgumentFault(JsonElement argument) => Required(argument, "name") ?? Optional(argument, "title", Text) ?? Optional(argument, "description", Text) ?? Optional(argument, "required", Flag);

    private static string? Required(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? Text(value) : "no " + name;

    private static string? Optional(JsonElement parent, string name, Func<JsonElement, string?> faultOf) => parent.TryGetProperty(name, out var value) && faultOf(value) is { } fault ? $"{name}: {fault}" : null;

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is not null ? null : "no text";

    private static string? Flag(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "no flag";

    private static string? Object(JsonElement value) => value.ValueKind == JsonValueKind.Object ? null : "no object";

    private static string? In(JsonElement value, params string[] names) => value.ValueKind == JsonValueKind.String && names.Contains(value.GetString()) ? null : "none of " + string.Join(", ", names);

    private static string? List(JsonElement value, Func<JsonElement, string?> faultOf) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(faultOf).FirstOrDefault(one => one is not null) : "no list";
}
