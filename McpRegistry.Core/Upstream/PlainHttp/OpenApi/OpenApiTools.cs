using System.Collections.Immutable;
using System.Runtime.InteropServices;
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
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public static OpenApiReading Read(ReadOnlySpan<byte> bytes, PlainAddress address, ServiceConfig config, CancellationToken cancellationToken = default)
    {
        if (DocumentText.Read(bytes, out var problem) is not { } document) return new OpenApiReading { Problem = problem };
        var paths = document.Object("paths")!;
        var own = AtToolsPaths(document, paths).ToList();
        var places = own.Count > 0 ? own : Operations(document, paths).ToList();
        var headers = config.Headers.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var parameters = new ParameterReader(document, address.QueryNames.ToHashSet(), headers);
        var budget = new ReadingBudget(cancellationToken);
        return Read(NamesOf(places), places.Count, new OperationReader(document, new SharedDefinitions(document, budget), parameters, new ServerPaths(address)), budget);
    }

    private static OpenApiReading Read(IEnumerable<(string Name, OperationPlace Place)> operations, int count, OperationReader reader, ReadingBudget budget)
    {
        var tools = ImmutableArray.CreateBuilder<PlainTool>();
        var leftOut = new LeftOutItems();
        var size = 0L;
        var looked = 0;
        foreach (var (name, place) in operations)
        {
            if (looked == MaxTools || size > MaxTotalBytes || budget.IsSpent)
            {
                leftOut.Add("paths", $"it has more than is taken: {count - looked} operations are left out");
                break;
            }

            looked++;
            try
            {
                var tool = reader.Read(name, place, reason => leftOut.Add(name, reason));
                size += JsonMarshal.GetRawUtf8Value(tool.InputSchema).Length + (tool.Description?.Length ?? 0);
                tools.Add(tool);
            }
            catch (NotSendableException problem)
            {
                leftOut.Add($"{place.Verb.ToUpperInvariant()} {place.Path}", problem.Message);
            }
        }

        return new OpenApiReading { Tools = tools.ToImmutable(), LeftOut = leftOut.ToImmutable() };
    }

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
            var own = places[i].IsToolPath ? places[i].Path[ToolsPrefix.Length..] : ToolNames.Clean(places[i].Node.ShortText("operationId") ?? "", ToolNames.MaxLength);
            if (own.Length > 0 && names.TryTake(own)) given[i] = own;
        }

        for (var i = 0; i < given.Length; i++)
        {
            var place = places[i];
            var wanted = ToolNames.Clean(place.Node.ShortText("operationId") ?? "", ToolNames.MaxLength);
            yield return (given[i] ?? names.Take(wanted.Length > 0 ? wanted : ToolNames.OfPath(place.Verb, place.Path)), place);
        }
    }

    // OPTIONS and TRACE speak of the server, not of what it is for, and TRACE would show what we send.
    private static readonly string[] Verbs = ["get", "put", "post", "delete", "patch", "head"];

    private const string ToolsPrefix = "/tools/";

    private const int MaxTools = 10_000;

    private const long MaxTotalBytes = 6 * 1024 * 1024;

    /// <summary>What is left out: the first of it, and how much more there is.</summary>
    private sealed class LeftOutItems
    {
        private readonly List<LeftOutItem> _first = [];
        private int _more;

        public void Add(string item, string reason)
        {
            if (_first.Count < MaxLeftOut) _first.Add(new LeftOutItem(item, reason));
            else _more++;
        }

        public ImmutableArray<LeftOutItem> ToImmutable() => _more == 0 ? [.. _first] : [.. _first, new LeftOutItem("paths", $"{_more} more things are left out")];
    }

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
