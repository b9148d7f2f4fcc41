using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Catalog.Headers;

/// <summary>A tool's parameter that a modern client repeats in a header (<c>x-mcp-header</c> in the tool's schema).</summary>
/// <param name="Header">The header's full name.</param>
/// <param name="Path">Where the value stands in the arguments.</param>
/// <param name="IsInteger">True when values are compared as numbers.</param>
public sealed record HeaderParameter(string Header, ImmutableArray<string> Path, bool IsInteger)
{
    /// <summary>What the names of all of them begin with.</summary>
    public const string Prefix = "Mcp-Param-";

    private const int MaxDepth = 16;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The annotated parameters of a tool. Annotations that the specification forbids are passed over: such a tool is the client's to refuse.</summary>
    public static ImmutableArray<HeaderParameter> Of(JsonElement tool)
    {
        var found = ImmutableArray.CreateBuilder<HeaderParameter>();
        if (tool.TryGetProperty("inputSchema", out var schema)) Collect(schema, [], found);
        return found.ToImmutable();
    }

    /// <summary>The value in the arguments as header text. Null: there is none.</summary>
    /// <exception cref="JsonException">It, or a name beside it, escapes half a character, which is no text.</exception>
    public string? ValueIn(JsonElement arguments)
    {
        try { return Find(arguments); }
        catch (InvalidOperationException) { throw new JsonException("An argument escapes half a character."); }
    }

    private string? Find(JsonElement arguments)
    {
        var value = arguments;
        foreach (var step in Path)
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => JsonText.Decode(JsonMarshal.GetRawUtf8Value(value)),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
    }

    /// <summary>True when a header says what the body says.</summary>
    public bool Matches(string header, string body) =>
        string.Equals(header, body, StringComparison.Ordinal)
        || (IsInteger
            && decimal.TryParse(header, NumberStyles.Float, CultureInfo.InvariantCulture, out var one)
            && decimal.TryParse(body, NumberStyles.Float, CultureInfo.InvariantCulture, out var other)
            && one == other);

    private static void Collect(JsonElement schema, ImmutableArray<string> path, ImmutableArray<HeaderParameter>.Builder found)
    {
        if (path.Length >= MaxDepth || schema.ValueKind != JsonValueKind.Object) return;
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) return;
        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object) continue;
            var here = path.Add(property.Name);
            if (NameOf(property.Value) is { } name)
            {
                var isInteger = property.Value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("integer");
                found.Add(new HeaderParameter(Prefix + name, here, isInteger));
            }
            Collect(property.Value, here, found);
        }
    }

    private static string? NameOf(JsonElement property) =>
        property.TryGetProperty("x-mcp-header", out var name) && name.ValueKind == JsonValueKind.String
        && name.GetString() is { Length: > 0 } text && !text.AsSpan().ContainsAnyExcept(TokenCharacters) ? text : null;
}
