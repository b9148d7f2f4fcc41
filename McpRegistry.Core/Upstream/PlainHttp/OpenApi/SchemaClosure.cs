using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>
/// Takes schemas out of an OpenAPI document so that they stand alone, as plain JSON Schema 2020-12: what they refer to becomes
/// <c>$defs</c>, what only OpenAPI 3.0 knows is said in JSON Schema, what is neither is left away.
/// </summary>
/// <remarks>References to other documents are dropped, which allows any value; nothing is ever fetched. Bounded in number.</remarks>
internal sealed class SchemaClosure(JsonObject document)
{
    private readonly JsonObject _definitions = [];
    private readonly Dictionary<JsonNode, string> _names = [];
    private readonly Queue<(string Name, JsonNode Schema)> _wanted = new();
    private readonly Dictionary<string, JsonNode> _local = [];
    private readonly UniqueNames _taken = new(ToolNames.MaxLength);
    private int _nodes;

    /// <summary>True when there is more than anybody would send to a model; what was copied is not complete.</summary>
    public bool IsTooLarge => _nodes > MaxNodes;

    /// <summary>A copy of a schema, always an object.</summary>
    public JsonObject Copy(JsonNode? schema)
    {
        var copy = Rewrite(schema) as JsonObject ?? [];
        // Not by recursion: definitions may refer to each other in circles.
        while (_wanted.TryDequeue(out var next)) _definitions[next.Name] = AsObject(Rewrite(next.Schema));
        return copy;
    }

    /// <summary>Puts the definitions that the copies need at the root they were put together to.</summary>
    public void AttachTo(JsonObject root)
    {
        if (_definitions.Count > 0) root["$defs"] = _definitions;
    }

    private JsonNode Rewrite(JsonNode? node)
    {
        if (++_nodes > MaxNodes) return new JsonObject();
        if (node is JsonValue value && value.TryGetValue<bool>(out var all)) return JsonValue.Create(all);
        if (node is not JsonObject source) return new JsonObject();
        foreach (var (name, schema) in source.Object("$defs") ?? [])
            if (schema is not null) _local.TryAdd(name, schema);

        var copy = new JsonObject();
        foreach (var (keyword, member) in source)
        {
            if (member is null && keyword is not ("const" or "default")) continue;
            RewriteMember(source, copy, keyword, member);
        }

        SchemaDialect.Mend(source, copy);
        return SchemaDialect.WithNull(source, copy);
    }

    private void RewriteMember(JsonObject source, JsonObject copy, string keyword, JsonNode? member)
    {
        switch (SchemaDialect.KindOf(keyword))
        {
            case KeywordKind.Reference:
                if (member is JsonValue text && text.TryGetValue<string>(out var reference) && Find(reference) is { } target) copy["$ref"] = $"#/$defs/{NameOf(reference, target)}";
                break;
            case KeywordKind.Schema when keyword == "items" && member is JsonArray tuple:
                copy["prefixItems"] = List(tuple);
                break;
            case KeywordKind.Schema when member is JsonObject or JsonValue:
                copy[keyword] = Rewrite(member);
                break;
            case KeywordKind.Schemas when member is JsonArray { Count: > 0 } list:
                copy[keyword] = List(list);
                break;
            case KeywordKind.SchemasByName when member is JsonObject map:
                var schemas = new JsonObject();
                foreach (var (name, schema) in map)
                    if (!IsReadOnly(schema)) schemas[name] = AsObject(Rewrite(schema));
                copy[keyword] = schemas;
                break;
            case KeywordKind.Names when member is JsonArray names:
                var own = source.Object("properties");
                var wanted = names.Where(name => name is JsonValue one && one.TryGetValue<string>(out var written) && !IsReadOnly(own?[written])).Select(name => name!.DeepClone()).ToArray();
                if (wanted.Length > 0) copy[keyword] = new JsonArray(wanted);
                break;
            case KeywordKind.Value when SchemaDialect.IsFit(keyword, member):
                copy[keyword] = member?.DeepClone();
                break;
        }
    }

    private JsonArray List(JsonArray schemas)
    {
        var copy = new JsonArray();
        foreach (var schema in schemas) copy.Add((JsonNode)AsObject(Rewrite(schema)));
        return copy;
    }

    // What the service alone fills in is nothing to send (OpenAPI 3, readOnly).
    private bool IsReadOnly(JsonNode? schema) => schema is JsonObject && document.Resolve(schema).Flag("readOnly") == true;

    private JsonNode? Find(string reference)
    {
        if (document.At(reference) is { } found) return found;
        const string Local = "#/$defs/";
        return reference.StartsWith(Local, StringComparison.Ordinal) ? _local.GetValueOrDefault(reference[Local.Length..]) : null;
    }

    // Names that stand in a reference without being escaped, so that every client finds them.
    private string NameOf(string reference, JsonNode target)
    {
        if (_names.TryGetValue(target, out var known)) return known;
        var last = Uri.UnescapeDataString(reference[(reference.LastIndexOf('/') + 1)..]);
        var name = _taken.Take(ToolNames.Clean(last, ToolNames.MaxLength));
        _names[target] = name;
        _wanted.Enqueue((name, target));
        return name;
    }

    // Where MCP wants an object, "anything" and "nothing" are written as one.
    private static JsonObject AsObject(JsonNode schema) => schema switch
    {
        JsonObject found => found,
        JsonValue value when value.TryGetValue<bool>(out var all) && !all => new JsonObject { ["not"] = new JsonObject() },
        _ => [],
    };

    private const int MaxNodes = 50_000;
}
