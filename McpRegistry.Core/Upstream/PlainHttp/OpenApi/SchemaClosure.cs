using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>
/// Takes schemas out of an OpenAPI document so that they stand alone, as plain JSON Schema 2020-12: what they refer to becomes
/// <c>$defs</c>, what only OpenAPI 3.0 knows is said in JSON Schema, what is neither is left away.
/// </summary>
/// <remarks>
/// References to other documents are dropped, which allows any value; nothing is ever fetched. One for each operation, bounded while it
/// copies; what operations refer to is rewritten once for all of them.
/// </remarks>
internal sealed class SchemaClosure(SharedDefinitions shared)
{
    /// <summary>How large the schema of a tool may be, in bytes. With name and description it has to stay below what a catalog takes.</summary>
    public const int MaxBytes = 240 * 1024;

    private readonly JsonObject _document = shared.Document;
    private readonly List<SharedDefinition> _needs = [];
    private readonly HashSet<SharedDefinition> _needed = [];
    private readonly Dictionary<string, JsonNode> _local = [];
    private long _size;

    /// <summary>True when there is more than anybody would send to a model; what was copied is not complete.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>What the copies refer to.</summary>
    public IReadOnlyCollection<SharedDefinition> Needs => _needs;

    /// <summary>A copy of a schema, always an object.</summary>
    public JsonObject Copy(JsonNode? schema)
    {
        if (schema is not null && shared.IsKnownTooLarge(schema)) IsTooLarge = true;
        if (IsTooLarge) return [];
        var before = _size;
        var copy = Rewrite(schema) as JsonObject ?? [];
        if (schema is not null && _size - before > MaxBytes) shared.NoteTooLarge(schema);
        return copy;
    }

    /// <summary>The definitions that the copies need. Null: they are more than is shown.</summary>
    public IReadOnlyList<SharedDefinition>? Definitions() => IsTooLarge ? null : shared.Closure(_needs, MaxBytes - _size);

    /// <summary>Counts what is put into the schema beside the copies; false when it is too large.</summary>
    public bool Spend(long bytes)
    {
        _size += bytes;
        shared.Budget.Spend(bytes);
        return !(IsTooLarge |= _size > MaxBytes || shared.Budget.IsSpent);
    }

    private JsonNode Rewrite(JsonNode? node)
    {
        if (!Spend(NodeSize)) return new JsonObject();
        if (node is JsonValue value && value.TryGetValue<bool>(out var all)) return JsonValue.Create(all);
        if (node is not JsonObject source) return new JsonObject();
        foreach (var (name, schema) in source.Object("$defs") ?? [])
            if (Spend(NodeSize) && schema is not null) _local.TryAdd(name, schema);

        var copy = new JsonObject();
        foreach (var (keyword, member) in source)
        {
            if (IsTooLarge) break;
            if (member is null && keyword is not ("const" or "default")) continue;
            RewriteMember(source, copy, keyword, member);
        }

        if (!IsTooLarge && Spend(SizeOf(source["example"]))) SchemaDialect.Mend(source, copy);
        return SchemaDialect.WithNull(source, copy);
    }

    private void RewriteMember(JsonObject source, JsonObject copy, string keyword, JsonNode? member)
    {
        switch (SchemaDialect.KindOf(keyword))
        {
            case KeywordKind.Reference:
                if (member is JsonValue text && text.TryGetValue<string>(out var reference) && Find(reference) is { } target) copy["$ref"] = $"#/$defs/{Need(shared.Of(reference, target))}";
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
                {
                    if (!Spend(name.Length)) break;
                    if (!IsReadOnly(schema)) schemas[name] = AsObject(Rewrite(schema));
                }

                copy[keyword] = schemas;
                break;
            case KeywordKind.Names when member is JsonArray names:
                var own = source.Object("properties");
                if (!Spend(SizeOf(names))) break;
                var wanted = names.Where(name => name is JsonValue one && one.TryGetValue<string>(out var written) && !IsReadOnly(own?[written])).Select(name => name!.DeepClone()).ToArray();
                if (wanted.Length > 0) copy[keyword] = new JsonArray(wanted);
                break;
            case KeywordKind.Value when SchemaDialect.IsFit(keyword, member) && Spend(SizeOf(member)):
                copy[keyword] = member?.DeepClone();
                break;
        }
    }

    private JsonArray List(JsonArray schemas)
    {
        var copy = new JsonArray();
        foreach (var schema in schemas)
        {
            if (IsTooLarge) break;
            copy.Add((JsonNode)AsObject(Rewrite(schema)));
        }

        return copy;
    }

    // What the service alone fills in is nothing to send (OpenAPI 3, readOnly).
    private bool IsReadOnly(JsonNode? schema) => schema is JsonObject && _document.Resolve(schema).Flag("readOnly") == true;

    private JsonNode? Find(string reference)
    {
        if (_document.At(reference) is { } found) return found;
        const string Local = "#/$defs/";
        return reference.StartsWith(Local, StringComparison.Ordinal) ? _local.GetValueOrDefault(reference[Local.Length..]) : null;
    }

    private string Need(SharedDefinition definition)
    {
        if (_needed.Add(definition)) _needs.Add(definition);
        return definition.Name;
    }

    // As far as it matters: beyond the limit nothing is counted.
    private static long SizeOf(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var size = 0L;
                foreach (var (name, value) in members)
                    if ((size += name.Length + NodeSize + SizeOf(value)) > MaxBytes) break;
                return size;
            case JsonArray items:
                var sum = 0L;
                foreach (var item in items)
                    if ((sum += NodeSize + SizeOf(item)) > MaxBytes) break;
                return sum;
            default:
                return node.TextLength();
        }
    }

    // Where MCP wants an object, "anything" and "nothing" are written as one.
    private static JsonObject AsObject(JsonNode schema) => schema switch
    {
        JsonObject found => found,
        JsonValue value when value.TryGetValue<bool>(out var all) && !all => new JsonObject { ["not"] = new JsonObject() },
        _ => [],
    };

    private const int NodeSize = 8;
}
