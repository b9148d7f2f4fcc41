using System.Collections.Immutable;
using System.Text.Json;

namespace McpRegistry.Core.Modeling;

/// <summary>The questions that lead to the arguments of a tool, from the JSON schema of its input.</summary>
public static class ToolPrompts
{
    /// <summary>Required arguments first, otherwise in the author's order. Empty for a tool without arguments or with a schema that says nothing.</summary>
    /// <param name="inputSchema">The schema, as the tool's service published it.</param>
    public static ImmutableArray<ToolPrompt> Of(JsonElement inputSchema)
    {
        if (Member(inputSchema, "properties") is not { ValueKind: JsonValueKind.Object } properties) return [];
        var required = Texts(Member(inputSchema, "required")).ToHashSet(StringComparer.Ordinal);
        return [.. properties.EnumerateObject().Select(one => Ask(one.Name, one.Value, required.Contains(one.Name))).OrderBy(one => !one.Required)];
    }

    private static ToolPrompt Ask(string name, JsonElement schema, bool required)
    {
        var choices = Texts(Member(schema, "enum")).ToImmutableArray();
        var kind = KindOf(schema, !choices.IsEmpty);
        var initial = Member(schema, "default") is { } value ? TextOf(value) : null;
        // Who is shown a list must be able to pick nothing where nothing is needed.
        if (kind == ToolPromptKind.Choice && !required) choices = choices.Insert(0, "");
        return new ToolPrompt(name, kind)
        {
            Label = TextMember(schema, "title") ?? name,
            Description = TextMember(schema, "description"),
            Required = required,
            Default = kind == ToolPromptKind.Choice && initial is not null && !choices.Contains(initial) ? null : initial,
            Choices = kind == ToolPromptKind.Choice ? choices : [],
        };
    }

    private static ToolPromptKind KindOf(JsonElement schema, bool hasChoices) => TypeOf(schema) switch
    {
        "string" or null when hasChoices => ToolPromptKind.Choice,
        "string" => ToolPromptKind.Text,
        "integer" => ToolPromptKind.WholeNumber,
        "number" => ToolPromptKind.Number,
        "boolean" => ToolPromptKind.Flag,
        _ => ToolPromptKind.Json,
    };

    // "type": ["string", "null"] and anyOf: [{"type": "string"}, {"type": "null"}] are how generators write an optional value.
    private static string? TypeOf(JsonElement schema)
    {
        if (Member(schema, "type") is { } type)
        {
            var types = type.ValueKind == JsonValueKind.String ? [type.GetString()!] : Texts(type).Where(one => one != "null").ToArray();
            return types.Length == 1 ? types[0] : null;
        }
        if (Member(schema, "anyOf") is not { ValueKind: JsonValueKind.Array } alternatives) return null;
        var possible = alternatives.EnumerateArray().Select(TypeOf).Where(one => one != "null").Distinct().ToArray();
        return possible.Length == 1 ? possible[0] : null;
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    private static string? TextMember(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement? array) => array is { ValueKind: JsonValueKind.Array } list
        ? list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)
        : [];

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
