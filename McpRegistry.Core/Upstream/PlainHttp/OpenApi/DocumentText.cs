using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using YamlDotNet.Core;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>The bytes of an OpenAPI document as a tree: JSON or YAML, with or without a byte order mark.</summary>
internal static class DocumentText
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads the tree. Null: it is no OpenAPI 3 document, and <paramref name="problem"/> says why ("is …").</summary>
    public static JsonObject? Read(ReadOnlySpan<byte> bytes, out string? problem)
    {
        var text = Mended(bytes);
        var isJson = text.AsSpan().TrimStart() is ['{', ..];
        var root = isJson ? ReadJson(text, out problem) : ReadYaml(text, out problem);
        if (problem is not null) return null;
        if (root is not JsonObject document)
        {
            problem = "is neither a JSON nor a YAML object";
            return null;
        }

        problem = VersionProblem(document);
        return problem is null ? document : null;
    }

    // Half a surrogate pair and bytes that are no UTF-8 become U+FFFD here, so that nothing behind ever meets them.
    private static string Mended(ReadOnlySpan<byte> bytes)
    {
        var text = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(bytes[3..]),
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(bytes[2..]),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(bytes[2..]),
            _ => Encoding.UTF8.GetString(bytes),
        };
        return text.Contains("\\u", StringComparison.Ordinal) ? string.Create(text.Length, text, MendEscapes) : text;
    }

    private static void MendEscapes(Span<char> output, string text)
    {
        text.CopyTo(output);
        for (var i = 0; i < output.Length; i++)
        {
            if (output[i] != '\\') continue;
            if (EscapedUnit(output[i..]) is not { } unit || !char.IsSurrogate(unit))
            {
                i++;
                continue;
            }

            if (char.IsHighSurrogate(unit) && EscapedUnit(output[(i + EscapeLength)..]) is { } next && char.IsLowSurrogate(next)) i += EscapeLength;
            else "ufffd".CopyTo(output[(i + 1)..]);
            i += EscapeLength - 1;
        }
    }

    private static char? EscapedUnit(ReadOnlySpan<char> text) =>
        text is ['\\', 'u', _, _, _, _, ..] && ushort.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;

    private static JsonNode? ReadJson(string text, out string? problem)
    {
        problem = null;
        try { return JsonNode.Parse(text, documentOptions: Strict); }
        catch (JsonException)
        {
            problem = DepthOf(text) switch
            {
                null => "is no valid JSON",
                > MaxDepth => $"nests deeper than {MaxDepth}",
                _ => "names a member of an object twice",
            };
            return null;
        }
    }

    // Null: it is no JSON. By the reader alone, which needs no more time for a deep text than for a flat one.
    private static int? DepthOf(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = int.MaxValue });
        var depth = 0;
        try
        {
            while (reader.Read()) depth = Math.Max(depth, reader.CurrentDepth + 1);
            return depth;
        }
        catch (JsonException) { return null; }
    }

    private static JsonNode? ReadYaml(string text, out string? problem)
    {
        problem = null;
        try { return YamlTree.Read(text, MaxDepth); }
        catch (YamlTreeException limit)
        {
            problem = limit.Message;
            return null;
        }
        catch (YamlException)
        {
            problem = "is neither valid JSON nor valid YAML";
            return null;
        }
    }

    private static string? VersionProblem(JsonObject document)
    {
        if (document["swagger"] is not null) return "is Swagger 2.0; OpenAPI 3 is read";
        if (document["openapi"] is { } version && !version.ToString().StartsWith("3.", StringComparison.Ordinal)) return "is of a version that is not read; OpenAPI 3 is";
        return document["paths"] is JsonObject ? null : "has no paths";
    }

    private const int MaxDepth = 256;

    private const int EscapeLength = 6;
}
