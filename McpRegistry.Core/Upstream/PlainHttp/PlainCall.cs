using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Turns the arguments of a call into the request its tool stands for.</summary>
internal static class PlainCall
{
    /// <summary>The path and query below the base URL. Null: a path parameter is missing or cannot stand in a path.</summary>
    public static string? Target(PlainTool tool, ReadOnlyMemory<byte> arguments)
    {
        if (tool.Parameters.IsEmpty) return tool.Path;
        using var document = JsonDocument.Parse(arguments.IsEmpty ? "{}"u8.ToArray() : arguments);
        var path = tool.Path;
        var query = new StringBuilder();
        foreach (var parameter in tool.Parameters)
        {
            var isGiven = document.RootElement.TryGetProperty(parameter.Name, out var value) && value.ValueKind != JsonValueKind.Null;
            if (!parameter.IsInPath)
            {
                if (isGiven) AppendQuery(query, parameter.Name, value);
                continue;
            }

            // A dot segment would lead to another operation, even escaped.
            if (!isGiven || TextOf(value) is not { Length: > 0 } text || text is "." or "..") return null;
            path = path.Replace($"{{{parameter.Name}}}", Uri.EscapeDataString(text), StringComparison.Ordinal);
        }

        return path + query;
    }

    /// <summary>The JSON body. Null: the request has none.</summary>
    public static PooledBytes? Body(PlainTool tool, ReadOnlyMemory<byte> arguments)
    {
        if (tool.Body == PlainBody.None) return null;
        var output = new PooledBytes(Math.Max(arguments.Length, 64));
        if (arguments.IsEmpty) output.Write("{}"u8);
        else if (tool.Body == PlainBody.AllArguments) output.Write(arguments.Span);
        else WritePart(output, tool, arguments);
        return output;
    }

    private static void WritePart(PooledBytes output, PlainTool tool, ReadOnlyMemory<byte> arguments)
    {
        using var document = JsonDocument.Parse(arguments);
        using var writer = new Utf8JsonWriter(output);
        if (tool.Body == PlainBody.BodyArgument)
        {
            if (document.RootElement.TryGetProperty("body", out var body)) body.WriteTo(writer);
            else writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach (var argument in document.RootElement.EnumerateObject())
        {
            if (!IsInUrl(tool, argument.Name)) argument.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static bool IsInUrl(PlainTool tool, string name)
    {
        foreach (var parameter in tool.Parameters)
        {
            if (parameter.Name == name) return true;
        }

        return false;
    }

    private static void AppendQuery(StringBuilder query, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray()) AppendQuery(query, name, item);
            return;
        }

        query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(TextOf(value)));
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
