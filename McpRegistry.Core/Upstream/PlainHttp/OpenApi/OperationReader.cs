using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>Makes the tool of one operation.</summary>
internal sealed class OperationReader(JsonObject document, SharedDefinitions shared, ParameterReader parameters, ServerPaths servers)
{
    private static readonly JsonElement AnyArguments = JsonElement.Parse("{\"type\":\"object\"}"u8);
    private readonly string? _basePath = servers.OfDocument(document);
    private readonly BodyShapes _bodies = new(document, shared);

    /// <summary>Reads it.</summary>
    /// <param name="name">The tool's name.</param>
    /// <param name="operation">Where it stands.</param>
    /// <param name="leaveOut">Hears what of it cannot be sent although the rest can.</param>
    /// <exception cref="NotSendableException">It cannot be sent at all.</exception>
    public PlainTool Read(string name, OperationPlace operation, Action<string> leaveOut)
    {
        shared.Budget.Spend(OperationCost);
        var schemas = new SchemaClosure(shared);
        var arguments = new ArgumentSchema();
        var path = PathOf(operation.Path);
        var sent = AddParameters(schemas, arguments, operation, leaveOut);
        AddUndeclared(arguments, sent, operation.Path);
        // The tools' own paths take the arguments as they are for their body, also where nothing is said of one.
        var isWhole = operation.IsToolPath && sent.Count == 0;
        var body = new BodyReader(document, schemas, _bodies).AddTo(arguments, operation.Node, isWhole, leaveOut);
        if (isWhole && !operation.Node.ContainsKey("requestBody")) body = PlainBody.WholeJson;
        return new PlainTool
        {
            Name = name,
            Description = DescriptionOf(operation, leaveOut),
            InputSchema = Bounded(arguments.ToJson(), schemas, leaveOut),
            Method = HttpMethod.Parse(operation.Verb),
            BasePath = servers.TryOwn(operation.Node, out var own) || servers.TryOwn(operation.Item, out own) ? own : _basePath,
            Path = path,
            Parameters = [.. sent],
            GivenQuery = parameters.GivenQuery,
            Body = body,
            Accept = AcceptOf(operation.Node),
        };
    }

    private List<PlainParameter> AddParameters(SchemaClosure schemas, ArgumentSchema arguments, OperationPlace operation, Action<string> leaveOut)
    {
        var seen = new HashSet<(string?, string?)>();
        var sent = new List<PlainParameter>();
        // An operation's own parameter comes first, so that it replaces one of the same name and place of its path.
        foreach (var node in operation.Node.Items("parameters").Concat(operation.Item.Items("parameters")))
        {
            shared.Budget.Spend(ParameterCost);
            if (sent.Count >= MaxParameters || shared.Budget.IsSpent) throw new NotSendableException("it has more parameters than are taken");
            if (document.Resolve(node) is not { } parameter)
            {
                leaveOut("a parameter of it refers to nothing");
                continue;
            }

            if (!seen.Add((parameter.Text("name"), parameter.Text("in")))) continue;
            try
            {
                if (parameters.Read(parameter) is not { } read) continue;
                var isRequired = read.In == PlainLocation.Path || parameter.Flag("required") == true;
                sent.Add(read with { Argument = arguments.Add(read.Name, Described(schemas, schemas.Copy(ParameterReader.SchemaOf(parameter)), parameter), isRequired) });
            }
            catch (NotSendableException problem)
            {
                var named = $"its parameter {ToolNames.Clean(parameter.Text("name") ?? "", ToolNames.MaxArgumentLength)} cannot be sent: {problem.Message}";
                if (parameter.Flag("required") == true) throw new NotSendableException(named);
                leaveOut(named);
            }
        }

        return sent;
    }

    // What stands in a path must be given, also where the document forgot to say so.
    private static void AddUndeclared(ArgumentSchema arguments, List<PlainParameter> sent, string path)
    {
        foreach (var name in path.Split('{').Skip(1).Select(part => part.Split('}')[0]).Distinct())
        {
            if (sent.Any(parameter => parameter.In == PlainLocation.Path && parameter.Name == name)) continue;
            var argument = arguments.Add(name, new JsonObject { ["type"] = "string" }, isRequired: true);
            sent.Add(new PlainParameter { Argument = argument, Name = name, In = PlainLocation.Path, Style = PlainStyle.Simple, TakesParts = false });
        }

        sent.RemoveAll(parameter => parameter.In == PlainLocation.Path && !path.Contains($"{{{parameter.Name}}}", StringComparison.Ordinal));
    }

    private static string PathOf(string path)
    {
        if (path.Length > LongestPath) throw new NotSendableException($"its path is longer than {LongestPath} characters");
        if (path.AsSpan().ContainsAny('?', '#')) throw new NotSendableException("its path holds a query or a fragment");
        if (path.Split('/').Any(segment => Uri.UnescapeDataString(segment) is "." or "..")) throw new NotSendableException("its path holds a dot segment");
        var pieces = path.Split('{');
        return string.Concat(pieces.Select((piece, index) => index == 0 ? Escaped(piece)
            : piece.IndexOf('}', StringComparison.Ordinal) is >= 0 and var end ? $"{{{piece[..end]}}}{Escaped(piece[(end + 1)..])}"
            : throw new NotSendableException("its path has a brace without its other half")));
    }

    private static string Escaped(string literal) => Uri.EscapeDataString(Uri.UnescapeDataString(literal)).Replace("%2F", "/", StringComparison.Ordinal)
        .Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal).Replace("%24", "$", StringComparison.Ordinal)
        .Replace("%2C", ",", StringComparison.Ordinal).Replace("%3B", ";", StringComparison.Ordinal).Replace("%3D", "=", StringComparison.Ordinal);

    private string AcceptOf(JsonObject operation)
    {
        var types = (operation.Object("responses") ?? []).Take(MaxResponses).Where(pair => pair.Key.StartsWith('2') || pair.Key == "default")
            .Select(pair => document.Resolve(pair.Value).Object("content")).OfType<JsonObject>()
            .SelectMany(content => content.Take(MaxAccepted).Select(pair => pair.Key)).Where(MediaTypes.IsSound).Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderBy(type => MediaTypes.IsJson(type) ? 0 : 1).Take(MaxAccepted).ToImmutableArray();
        return types.IsEmpty ? PlainTool.AnyAnswer : string.Join(", ", types);
    }

    private static string? DescriptionOf(OperationPlace operation, Action<string> leaveOut)
    {
        if (operation.Node.ShortText("description") is { } description) return description;
        if (operation.Node["description"].TextLength() <= DocumentNodes.LongestText) return operation.Node.ShortText("summary") ?? operation.Item.ShortText("summary");
        leaveOut($"its description is longer than {DocumentNodes.LongestText / 1024} KiB and is not shown");
        return operation.Node.ShortText("summary");
    }

    /// <summary>A schema with the description of what it is the schema of, where it has none itself.</summary>
    public static JsonObject Described(SchemaClosure schemas, JsonObject schema, JsonObject owner)
    {
        if (!schema.ContainsKey("description") && owner.ShortText("description") is { } description && schemas.Spend(description.Length)) schema["description"] = description;
        return schema;
    }

    private static JsonElement Bounded(JsonObject schema, SchemaClosure schemas, Action<string> leaveOut)
    {
        if (schemas.Definitions() is { } definitions)
        {
            // By a writer of our own: the serializer takes no more than 64 levels.
            var bytes = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(bytes)) Write(writer, schema, definitions);
            if (bytes.WrittenCount <= SchemaClosure.MaxBytes) return JsonElement.Parse(bytes.WrittenSpan, new JsonDocumentOptions { MaxDepth = 1000 });
        }

        leaveOut($"its schema is larger than {SchemaClosure.MaxBytes / 1024} KiB and is not shown");
        return AnyArguments;
    }

    private static void Write(Utf8JsonWriter writer, JsonObject schema, IReadOnlyList<SharedDefinition> definitions)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in schema)
        {
            writer.WritePropertyName(name);
            if (value is null) writer.WriteNullValue();
            else value.WriteTo(writer);
        }

        if (definitions.Count > 0)
        {
            writer.WriteStartObject("$defs"u8);
            foreach (var definition in definitions)
            {
                writer.WritePropertyName(definition.Name);
                writer.WriteRawValue(definition.Json, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private const int MaxAccepted = 10;

    private const int MaxResponses = 100;

    private const int MaxParameters = 500;

    private const int LongestPath = 2_048;

    private const int OperationCost = 512;

    private const int ParameterCost = 128;
}

/// <summary>Where an operation stands in its document.</summary>
/// <param name="Verb">Its verb, in lower case.</param>
/// <param name="Path">Its path.</param>
/// <param name="Item">The Path Item Object.</param>
/// <param name="Node">The Operation Object.</param>
/// <param name="IsToolPath">True: it is one of <c>POST /tools/{name}</c>.</param>
internal sealed record OperationPlace(string Verb, string Path, JsonObject Item, JsonObject Node, bool IsToolPath = false);
