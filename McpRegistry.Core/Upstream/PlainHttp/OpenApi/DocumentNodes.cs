using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>Reads nodes of a document that may be anything.</summary>
internal static class DocumentNodes
{
    /// <summary>A member that is a text, or null.</summary>
    public static string? Text(this JsonObject? parent, string name) => parent?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The same of what is shown to people and models: null where it is longer than <see cref="LongestText"/>.</summary>
    public static string? ShortText(this JsonObject? parent, string name) => parent?[name] is JsonValue value && value.TextLength() <= LongestText ? parent.Text(name) : null;

    /// <summary>How long a value is as text, in characters or bytes, without making one of it.</summary>
    public static int TextLength(this JsonNode? node) =>
        node is not JsonValue value ? 0
        : value.TryGetValue<JsonElement>(out var element) ? JsonMarshal.GetRawUtf8Value(element).Length
        : value.TryGetValue<string>(out var text) ? text.Length
        : NumberLength;

    /// <summary>A member that is true or false, or null.</summary>
    public static bool? Flag(this JsonObject? parent, string name) => parent?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    /// <summary>A member that is an object, or null.</summary>
    public static JsonObject? Object(this JsonObject? parent, string name) => parent?[name] as JsonObject;

    /// <summary>The items of a member that is a list.</summary>
    public static IEnumerable<JsonNode?> Items(this JsonObject? parent, string name) => parent?[name] as JsonArray ?? [];

    /// <summary>What a node stands for: itself, or what it refers to within the document. Null: it leads nowhere.</summary>
    public static JsonObject? Resolve(this JsonObject document, JsonNode? node)
    {
        for (var hops = 0; hops < MaxHops; hops++)
        {
            if (node is not JsonObject found) return null;
            if (found.Text("$ref") is not { } reference) return found;
            node = document.At(reference);
        }

        return null;
    }

    /// <summary>The node that a reference within the document (<c>#/a/b</c>) leads to. Null: none, or it leads elsewhere; nothing is ever fetched.</summary>
    public static JsonNode? At(this JsonObject document, string reference)
    {
        if (reference == "#") return document;
        if (reference.Length > LongestReference || !reference.StartsWith("#/", StringComparison.Ordinal)) return null;
        JsonNode? node = document;
        foreach (var part in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject fields => fields[name],
                JsonArray items when int.TryParse(name, out var index) && index >= 0 && index < items.Count => items[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The longest description that is taken, in characters.</summary>
    public const int LongestText = 16 * 1024;

    private const int LongestReference = 2_048;

    private const int NumberLength = 16;

    private const int MaxHops = 32;
}
