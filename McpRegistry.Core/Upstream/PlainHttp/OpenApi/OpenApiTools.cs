using System.Collections.Immutable;
using System.Text.Json.Nodes;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>
/// The tools of an OpenAPI 3 document: each <c>POST /tools/{name}</c> is the tool of that name; where there is none, every
/// operation is a tool, by its <c>operationId</c> or by verb and path.
/// </summary>
internal static class OpenApiTools
{
    /// <summary>Reads the tools and what had to be left out.</summary>
    public static OpenApiReading Read(ReadOnlySpan<byte> bytes, PlainAddress address, ServiceConfig config)
    {
        if (DocumentText.Read(bytes, out var problem) is not { } document) return new OpenApiReading { Problem = problem };
        var paths = document.Object("paths")!;
        var own = AtToolsPaths(document, paths).ToList();
        var places = own.Count > 0 ? own : Operations(document, paths).ToList();
        var headers = config.Headers.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var parameters = new ParameterReader(document, address.QueryNames.ToHashSet(), headers);
        return Read(NamesOf(places), new OperationReader(document, parameters, new ServerPaths(address)));
    }

    private static OpenApiReading Read(IEnumerable<(string Name, OperationPlace Place)> operations, OperationReader reader)
    {
        var tools = ImmutableArray.CreateBuilder<PlainTool>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOutItem>();
        var size = 0L;
        foreach (var (name, place) in operations)
        {
            try
            {
                if (tools.Count >= MaxTools || size > MaxTotalBytes) throw new NotSendableException("the document has more operations than are taken");
                var tool = reader.Read(name, place, reason => leftOut.Add(new LeftOutItem(name, reason)));
                size += tool.InputSchema.GetRawText().Length;
                tools.Add(tool);
            }
            catch (NotSendableException problem)
            {
                leftOut.Add(new LeftOutItem($"{place.Verb.ToUpperInvariant()} {place.Path}", problem.Message));
            }
        }

        return new OpenApiReading { Tools = tools.ToImmutable(), LeftOut = leftOut.Count <= MaxLeftOut ? leftOut.ToImmutable() : Shortened(leftOut) };
    }

    private static ImmutableArray<LeftOutItem> Shortened(ImmutableArray<LeftOutItem>.Builder all) =>
        [.. all.Take(MaxLeftOut), new LeftOutItem("paths", $"{all.Count - MaxLeftOut} more things are left out")];

    private static IEnumerable<OperationPlace> AtToolsPaths(JsonObject document, JsonObject paths)
    {
        foreach (var (path, node) in paths)
        {
            if (!path.StartsWith(ToolsPrefix, StringComparison.Ordinal) || document.Resolve(node) is not { } item || item.Object("post") is not { } operation) continue;
            var name = path[ToolsPrefix.Length..];
            if (name.Length is 0 or > ToolNames.MaxLength || name.AsSpan().ContainsAny('{', '/', '?')) continue;
            yield return new OperationPlace("post", path, item, operation, IsToolPath: true);
        }
    }

    private static IEnumerable<OperationPlace> Operations(JsonObject document, JsonObject paths)
    {
        foreach (var (path, node) in paths)
        {
            if (!path.StartsWith('/') || document.Resolve(node) is not { } item) continue;
            foreach (var (verb, value) in item)
                if (Verbs.Contains(verb) && value is JsonObject operation) yield return new OperationPlace(verb, path, item, operation);
        }
    }

    // Who has a name of its own keeps it, wherever it stands; the others get theirs around these, in the document's order.
    private static IEnumerable<(string Name, OperationPlace Place)> NamesOf(List<OperationPlace> places)
    {
        var names = new UniqueNames(ToolNames.MaxLength);
        var given = new string?[places.Count];
        for (var i = 0; i < given.Length; i++)
        {
            var own = places[i].IsToolPath ? places[i].Path[ToolsPrefix.Length..] : ToolNames.Clean(places[i].Node.Text("operationId") ?? "", ToolNames.MaxLength);
            if (own.Length > 0 && names.TryTake(own)) given[i] = own;
        }

        for (var i = 0; i < given.Length; i++)
        {
            var place = places[i];
            var wanted = ToolNames.Clean(place.Node.Text("operationId") ?? "", ToolNames.MaxLength);
            yield return (given[i] ?? names.Take(wanted.Length > 0 ? wanted : ToolNames.OfPath(place.Verb, place.Path)), place);
        }
    }

    // OPTIONS and TRACE speak of the server, not of what it is for, and TRACE would show what we send.
    private static readonly string[] Verbs = ["get", "put", "post", "delete", "patch", "head"];

    private const string ToolsPrefix = "/tools/";

    private const int MaxTools = 10_000;

    private const long MaxTotalBytes = 16 * 1024 * 1024;

    private const int MaxLeftOut = 100;
}

/// <summary>What was read from a document.</summary>
internal sealed record OpenApiReading
{
    /// <summary>Its tools.</summary>
    public ImmutableArray<PlainTool> Tools { get; init; } = [];

    /// <summary>What of it is no tool, or a tool that lacks something.</summary>
    public ImmutableArray<LeftOutItem> LeftOut { get; init; } = [];

    /// <summary>Why nothing could be read, as the rest of a sentence about the document. Null: it was read.</summary>
    public string? Problem { get; init; }
}
