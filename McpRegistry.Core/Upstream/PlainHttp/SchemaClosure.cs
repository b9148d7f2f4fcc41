using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>
/// Takes schemas out of an OpenAPI document so that they stand alone: components they refer to become <c>$defs</c>.
/// References to anywhere else are dropped, which allows any value; nothing is ever fetched. Bounded in depth and number.
/// </summary>
internal sealed class SchemaClosure(JsonObject document)
{
    private readonly JsonObject _definitions = [];
    private readonly Queue<string> _wanted = new();

    /// <summary>A copy of a schema, its references rewritten.</summary>
    public JsonNode Copy(JsonNode? schema)
    {
        var copy = Rewrite(schema, 0) ?? new JsonObject();
        // Not by recursion: definitions may refer to each other in circles.
        while (_wanted.TryDequeue(out var name))
        {
            if (_definitions.Count >= MaxDefinitions) break;
            if (_definitions.ContainsKey(name)) continue;
            _definitions[name] = new JsonObject();
            _definitions[name] = Rewrite(Component("schemas", name), 0) ?? new JsonObject();
        }

        return copy;
    }

    /// <summary>Puts the definitions that the copies need at the root they were put together to.</summary>
    public void AttachTo(JsonObject root)
    {
        if (_definitions.Count > 0) root["$defs"] = _definitions;
    }

    /// <summary>What a node stands for: itself, or the component it refers to. Null: it leads nowhere.</summary>
    public JsonObject? Resolve(JsonNode? node, string kind)
    {
        for (var hops = 0; hops < MaxHops; hops++)
        {
            if (node is not JsonObject found) return null;
            if (Reference(found) is not { } reference) return found;
            if (NameIn(reference, kind) is not { } name) return null;
            node = Component(kind, name);
        }

        return null;
    }

    private JsonNode? Rewrite(JsonNode? node, int depth)
    {
        if (depth > MaxDepth) return null;
        if (node is JsonArray array)
        {
            var items = new JsonArray();
            foreach (var item in array) items.Add(Rewrite(item, depth + 1));
            return items;
        }

        if (node is not JsonObject source) return node?.DeepClone();
        var copy = new JsonObject();
        foreach (var (key, value) in source)
        {
            if (key != "$ref" || Reference(source) is not { } reference) copy[key] = Rewrite(value, depth + 1);
            else if (NameIn(reference, "schemas") is { } name && Component("schemas", name) is not null)
            {
                copy[key] = $"#/$defs/{Escape(name)}";
                _wanted.Enqueue(name);
            }
        }

        return copy;
    }

    private JsonNode? Component(string kind, string name) => ((document["components"] as JsonObject)?[kind] as JsonObject)?[name];

    private static string? Reference(JsonObject node) => node["$ref"] is JsonValue value && value.TryGetValue<string>(out var reference) ? reference : null;

    private static string? NameIn(string reference, string kind)
    {
        var prefix = $"#/components/{kind}/";
        return reference.StartsWith(prefix, StringComparison.Ordinal) ? Uri.UnescapeDataString(reference[prefix.Length..]).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal) : null;
    }

    private static string Escape(string name) => Uri.EscapeDataString(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    private const int MaxDepth = 32;

    private const int MaxDefinitions = 500;

    private const int MaxHops = 8;
}
