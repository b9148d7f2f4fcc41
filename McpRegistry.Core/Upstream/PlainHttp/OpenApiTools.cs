using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>
/// The tools of an OpenAPI 3 document: each <c>POST /tools/{name}</c> is the tool of that name; where there is none, every
/// operation with an <c>operationId</c> is a tool.
/// </summary>
internal static class OpenApiTools
{
    /// <summary>Reads the tools; broken operations are left out. Null: it is no OpenAPI document.</summary>
    public static ImmutableArray<PlainTool>? Read(ReadOnlySpan<byte> json)
    {
        JsonObject? document;
        try { document = JsonNode.Parse(JsonUnicode.Mend(json), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject; }
        catch (JsonException) { return null; }
        if (document?["paths"] is not JsonObject paths) return null;
        var tools = Collect(AtToolsPaths(document, paths));
        return tools.IsEmpty ? Collect(Operations(document, paths)) : tools;
    }

    private static ImmutableArray<PlainTool> Collect(IEnumerable<PlainTool> tools) => [.. tools.DistinctBy(tool => tool.Name).Take(MaxTools)];

    private static IEnumerable<PlainTool> AtToolsPaths(JsonObject document, JsonObject paths)
    {
        foreach (var (path, item) in paths)
        {
            if (!path.StartsWith(ToolsPrefix, StringComparison.Ordinal) || (item as JsonObject)?["post"] is not JsonObject operation) continue;
            var name = path[ToolsPrefix.Length..];
            if (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAny('{', '/', '?')) continue;
            var schemas = new SchemaClosure(document);
            yield return PlainTool.AtToolsPath(name, DescriptionOf(operation), ObjectSchema(schemas, BodySchema(schemas, operation)));
        }
    }

    private static IEnumerable<PlainTool> Operations(JsonObject document, JsonObject paths)
    {
        foreach (var (path, item) in paths)
        {
            if (item is not JsonObject operations) continue;
            foreach (var (verb, value) in operations)
            {
                if (!Verbs.Contains(verb) || value is not JsonObject operation || NameOf(operation) is not { } name) continue;
                yield return Operation(new SchemaClosure(document), name, verb, path, operations, operation);
            }
        }
    }

    private static PlainTool Operation(SchemaClosure schemas, string name, string verb, string path, JsonObject operations, JsonObject operation)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        var parameters = ImmutableArray.CreateBuilder<PlainParameter>();
        // An operation's own parameter comes first, so that it replaces one of the same name of its path.
        foreach (var parameter in Items(operation["parameters"]).Concat(Items(operations["parameters"])).Select(node => schemas.Resolve(node, "parameters")))
        {
            if (Text(parameter, "name") is not { } parameterName || Text(parameter, "in") is not ("path" or "query") || properties.ContainsKey(parameterName)) continue;
            var isInPath = Text(parameter, "in") == "path";
            properties[parameterName] = Described(schemas.Copy(parameter!["schema"]), parameter);
            if (isInPath || IsTrue(parameter["required"])) required.Add(parameterName);
            parameters.Add(new PlainParameter(parameterName, isInPath));
        }

        var body = AddBody(schemas, operation, properties, required);
        var root = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0) root["required"] = required;
        schemas.AttachTo(root);
        return new PlainTool
        {
            Name = name,
            Description = DescriptionOf(operation),
            InputSchema = Bounded(root),
            Method = HttpMethod.Parse(verb),
            Path = path,
            Parameters = parameters.ToImmutable(),
            Body = body,
            NamesAResource = true,
        };
    }

    private static PlainBody AddBody(SchemaClosure schemas, JsonObject operation, JsonObject properties, JsonArray required)
    {
        if (BodySchema(schemas, operation) is not { } schema) return PlainBody.None;
        var fields = schemas.Resolve(schema, "schemas");
        if (fields?["properties"] is not JsonObject own || own.Any(field => properties.ContainsKey(field.Key)))
        {
            properties["body"] = schemas.Copy(schema);
            if (IsTrue(schemas.Resolve(operation["requestBody"], "requestBodies")?["required"])) required.Add("body");
            return PlainBody.BodyArgument;
        }

        foreach (var (name, field) in own) properties[name] = schemas.Copy(field);
        foreach (var name in Items(fields["required"])) required.Add(name?.DeepClone());
        return PlainBody.RemainingArguments;
    }

    private static JsonNode? BodySchema(SchemaClosure schemas, JsonObject operation)
    {
        var content = schemas.Resolve(operation["requestBody"], "requestBodies")?["content"] as JsonObject;
        return (content?["application/json"] as JsonObject)?["schema"];
    }

    private static JsonElement ObjectSchema(SchemaClosure schemas, JsonNode? schema)
    {
        // The root must be an object itself; a reference there is replaced by what it refers to.
        var root = schemas.Copy(schemas.Resolve(schema, "schemas")) as JsonObject ?? [];
        root["type"] = "object";
        schemas.AttachTo(root);
        return Bounded(root);
    }

    private static JsonElement Bounded(JsonObject schema)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(schema);
        return JsonElement.Parse(bytes.Length <= MaxSchemaBytes ? bytes : "{\"type\":\"object\"}"u8);
    }

    private static JsonNode Described(JsonNode schema, JsonObject parameter)
    {
        if (schema is JsonObject fields && !fields.ContainsKey("description") && Text(parameter, "description") is { } description) fields["description"] = description;
        return schema;
    }

    private static string? NameOf(JsonObject operation)
    {
        if (Text(operation, "operationId") is not { Length: > 0 } id) return null;
        var name = new StringBuilder(id.Length);
        foreach (var character in id) name.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' ? character : '_');
        return name.ToString(0, Math.Min(name.Length, MaxNameLength));
    }

    private static string? DescriptionOf(JsonObject operation) => Text(operation, "description") ?? Text(operation, "summary");

    private static IEnumerable<JsonNode?> Items(JsonNode? node) => node as JsonArray ?? [];

    private static string? Text(JsonObject? parent, string name) => parent?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static readonly string[] Verbs = ["get", "put", "post", "delete", "patch"];

    private const string ToolsPrefix = "/tools/";

    private const int MaxTools = 10_000;

    private const int MaxNameLength = 128;

    private const int MaxSchemaBytes = 256 * 1024;
}
