using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>Reads Parameter Objects.</summary>
/// <param name="document">The document they stand in.</param>
/// <param name="givenQuery">Names in the query of the base URL.</param>
/// <param name="givenHeaders">Names of the headers that are sent with every request.</param>
internal sealed class ParameterReader(JsonObject document, IReadOnlySet<string> givenQuery, IReadOnlySet<string> givenHeaders)
{
    /// <summary>Names in the query of the base URL.</summary>
    public IReadOnlySet<string> GivenQuery => givenQuery;

    /// <summary>Reads one. Null: no argument gives it, by the rules of OpenAPI or because the operator does.</summary>
    /// <exception cref="NotSendableException">It cannot be sent.</exception>
    public PlainParameter? Read(JsonObject parameter)
    {
        var name = parameter.Text("name") is { Length: > 0 } given ? given : throw new NotSendableException("it has no name");
        if (name.Length > LongestName) throw new NotSendableException($"its name is longer than {LongestName} characters");
        PlainLocation place = parameter.Text("in") switch
        {
            "path" => PlainLocation.Path,
            "query" => PlainLocation.Query,
            "header" => PlainLocation.Header,
            "cookie" => PlainLocation.Cookie,
            _ => throw new NotSendableException("it is neither in path, query, header nor cookie"),
        };
        if (place == PlainLocation.Query && givenQuery.Contains(name)) return null;
        if (place == PlainLocation.Header && !IsAnArgument(name)) return null;
        if (place == PlainLocation.Cookie && givenHeaders.Contains("Cookie")) return null;
        if (place == PlainLocation.Cookie && !IsToken(name)) throw new NotSendableException("its name cannot be a cookie's");

        var style = StyleOf(parameter, place);
        return new PlainParameter
        {
            Argument = name,
            Name = name,
            In = place,
            Style = style,
            Explode = parameter.Flag("explode") ?? style == PlainStyle.Form,
            AllowReserved = parameter.Flag("allowReserved") ?? false,
            TakesParts = style == PlainStyle.Json || TakesParts(SchemaOf(parameter)),
        };
    }

    /// <summary>The schema of a parameter's value. Null: it has none.</summary>
    public static JsonNode? SchemaOf(JsonObject parameter) =>
        parameter["schema"] ?? parameter.Object("content")?.Select(pair => (pair.Value as JsonObject)?["schema"]).FirstOrDefault();

    /// <summary>The style that a field of a form is written in. Null: it has none.</summary>
    /// <exception cref="NotSendableException">It is of an unknown style.</exception>
    public static PlainParameter? FieldStyle(string name, JsonObject encoding)
    {
        if (!encoding.ContainsKey("style") && !encoding.ContainsKey("explode") && !encoding.ContainsKey("allowReserved")) return null;
        var style = StyleOf(encoding, PlainLocation.Query);
        return new PlainParameter
        {
            Argument = name,
            Name = name,
            In = PlainLocation.Query,
            Style = style,
            Explode = encoding.Flag("explode") ?? style == PlainStyle.Form,
            AllowReserved = encoding.Flag("allowReserved") ?? false,
        };
    }

    private static PlainStyle StyleOf(JsonObject parameter, PlainLocation place)
    {
        if (parameter.Object("content") is { Count: > 0 } content)
            return MediaTypes.IsJson(content.First().Key) ? PlainStyle.Json : throw new NotSendableException("its value is neither of a style nor JSON");
        return (parameter.Text("style"), place) switch
        {
            (null or "simple", PlainLocation.Path or PlainLocation.Header) => PlainStyle.Simple,
            ("label", PlainLocation.Path) => PlainStyle.Label,
            ("matrix", PlainLocation.Path) => PlainStyle.Matrix,
            (null or "form" or "cookie", PlainLocation.Cookie) => PlainStyle.Form,
            (null or "form", PlainLocation.Query) => PlainStyle.Form,
            ("spaceDelimited", PlainLocation.Query) => PlainStyle.SpaceDelimited,
            ("pipeDelimited", PlainLocation.Query) => PlainStyle.PipeDelimited,
            ("deepObject", PlainLocation.Query) => PlainStyle.DeepObject,
            _ => throw new NotSendableException("its style is not one of its place"),
        };
    }

    // Accept, Content-Type and Authorization are no parameters by OpenAPI's own rule; what else is ours is nobody's argument.
    private bool IsAnArgument(string name)
    {
        if (name.ToLowerInvariant() is "accept" or "content-type" or "authorization" || givenHeaders.Contains(name)) return false;
        if (!IsToken(name)) throw new NotSendableException("its name cannot be a header's");
        var isOurs = name.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase) || Ours.Contains(name);
        return isOurs ? throw new NotSendableException("a header of that name is never an argument") : true;
    }

    private bool TakesParts(JsonNode? schema) => document.Resolve(schema)?["type"] switch
    {
        JsonValue type => !IsSingle(type),
        JsonArray types => !types.All(IsSingle),
        _ => true,
    };

    private static bool IsSingle(JsonNode? type) => type?.ToString() is "string" or "number" or "integer" or "boolean" or "null";

    private static bool IsToken(string name) => name.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));

    private const int LongestName = 256;

    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Cookie", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Set-Cookie", "traceparent", "tracestate",
    };
}
