using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Turns the arguments of a call into the request its tool stands for.</summary>
internal static class PlainCall
{
    /// <summary>How long path and query may be together, in characters.</summary>
    /// <remarks>
    /// What common servers take: 16 KiB of request line and headers in node, 64 KiB in uvicorn, 8 KiB for each in nginx and Kestrel.
    /// Beyond it the connection is cut, which would look like a failure of the service.
    /// </remarks>
    public const int MaxTarget = 8 * 1024;
    private const int MaxHeaders = 8 * 1024;

    /// <summary>Puts the request together; nothing is sent.</summary>
    /// <exception cref="ArgumentRefusedException">An argument is missing or cannot be sent to where it belongs.</exception>
    public static PlainRequest Create(PlainTool tool, ReadOnlyMemory<byte> arguments)
    {
        var request = new PlainRequest(tool.Method, tool.Path) { BasePath = tool.BasePath, Accept = tool.Accept };
        // The form that most services have: nothing but the arguments as they came.
        if (tool.Parameters.IsEmpty && tool.Body is { Format: PlainFormat.Json, Argument: null } whole && (whole.IsRequired || HasMembers(arguments.Span)))
            return request with { Body = Copy(arguments), ContentType = whole.ContentType };
        if (tool.Parameters.IsEmpty && tool.Body is null) return request;

        using var given = new PlainArguments(arguments);
        var path = tool.Path;
        var query = new StringBuilder();
        var cookies = new StringBuilder();
        List<KeyValuePair<string, string>>? headers = null;
        var names = new GivenNames(tool);
        foreach (var parameter in tool.Parameters)
        {
            var isGiven = given.TryGet(parameter.Argument, out var value);
            if (isGiven) names.Take(parameter, value);
            if (parameter.In == PlainLocation.Path)
            {
                if (!isGiven) throw new ArgumentRefusedException($"The argument \"{parameter.Argument}\" is missing; it is part of the path.");
                path = path.Replace($"{{{parameter.Name}}}", Checked(parameter, ParameterText.InPath(parameter, value)), StringComparison.Ordinal);
            }
            else if (isGiven && parameter.In == PlainLocation.Query) Append(query, "&", ParameterText.InQuery(parameter, value));
            else if (isGiven && parameter.In == PlainLocation.Cookie) Append(cookies, "; ", ParameterText.InCookie(parameter, value));
            else if (isGiven) (headers ??= []).Add(new(parameter.Name, InHeader(parameter, value)));
        }

        if (cookies.Length > 0) (headers ??= []).Add(new("Cookie", cookies.ToString()));
        RefuseOtherPaths(tool, path);
        if (path.Length + query.Length > MaxTarget) throw new ArgumentRefusedException($"The arguments that are part of the URL are longer than {MaxTarget} characters together.");
        if (headers is not null && headers.Sum(header => header.Value.Length) > MaxHeaders) throw new ArgumentRefusedException($"The arguments that are sent as headers are longer than {MaxHeaders} characters together.");
        request = request with { Path = path, Query = query.ToString(), Headers = headers };
        return tool.Body is { } body ? PlainBodyWriter.AddTo(request, tool, body, given) : request;
    }

    // What stands for a parameter must not be empty: "/items/" is another operation than "/items/{id}".
    private static string Checked(PlainParameter parameter, string text) =>
        text.Length > 0 ? text : throw new ArgumentRefusedException($"The argument \"{parameter.Argument}\" is part of the path and must not be empty.");

    // A dot segment would lead to another operation, even escaped: clients and servers take it away before they look.
    private static void RefuseOtherPaths(PlainTool tool, string path)
    {
        foreach (var segment in path.Split('/'))
        {
            if (!PathSegments.LeadsElsewhere(segment)) continue;
            var names = tool.Parameters.Where(parameter => parameter.In == PlainLocation.Path).Select(parameter => $"\"{parameter.Argument}\"");
            throw new ArgumentRefusedException($"The arguments of the path ({string.Join(", ", names)}) must not make a segment \".\" or \"..\" together, nor a separator.");
        }
    }

    private static string InHeader(PlainParameter parameter, JsonElement value)
    {
        var text = ParameterText.InHeader(parameter, value);
        // A line break would start another header; what is not ASCII arrives as something else.
        return HeaderText.IsPlain(text) ? text
            : throw new ArgumentRefusedException($"The argument \"{parameter.Argument}\" is sent as a header and may hold visible ASCII characters only.");
    }

    private static void Append(StringBuilder all, string separator, string pairs)
    {
        if (pairs.Length == 0) return;
        if (all.Length > 0) all.Append(separator);
        all.Append(pairs);
    }

    private static bool HasMembers(ReadOnlySpan<byte> arguments) => arguments.Contains((byte)'"');

    private static PooledBytes Copy(ReadOnlyMemory<byte> arguments)
    {
        var output = new PooledBytes(Math.Max(arguments.Length, 64));
        output.Write(arguments.IsEmpty ? "{}"u8 : arguments.Span);
        return output;
    }
}
