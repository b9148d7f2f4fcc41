using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Writes <c>multipart/form-data</c> (RFC 7578): a part for each field, a list as a part for each of its items.</summary>
internal static class MultipartBody
{
    /// <summary>Writes all parts.</summary>
    /// <exception cref="ArgumentRefusedException">A field cannot be sent.</exception>
    public static PooledBytes Write(PlainBody body, IReadOnlyList<KeyValuePair<string, JsonElement>> fields, out string boundary)
    {
        var parts = new List<(string Head, byte[] Content)>();
        foreach (var (name, value) in fields)
        {
            var field = body.Fields.GetValueOrDefault(name) ?? new PlainField();
            if (value.ValueKind == JsonValueKind.Array && !field.IsJson)
                foreach (var item in value.EnumerateArray()) parts.Add(Part(name, field, item));
            else parts.Add(Part(name, field, value));
        }

        boundary = BoundaryFor(parts);
        var output = new PooledBytes();
        foreach (var (head, content) in parts)
        {
            output.Write(Encoding.UTF8.GetBytes($"--{boundary}\r\n{head}\r\n\r\n"));
            output.Write(content);
            output.Write("\r\n"u8);
        }

        output.Write(Encoding.UTF8.GetBytes($"--{boundary}--\r\n"));
        return output;
    }

    /// <summary>The bytes that an argument holds as base64, alone or as <c>data:</c> URL.</summary>
    /// <exception cref="ArgumentRefusedException">It is no base64.</exception>
    public static byte[] BytesOf(string argument, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? ParameterText.TextOf(argument, value) : "!";
        const string Marker = ";base64,";
        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && text.IndexOf(Marker, StringComparison.OrdinalIgnoreCase) is >= 0 and var at) text = text[(at + Marker.Length)..];
        try { return Convert.FromBase64String(text); }
        catch (FormatException) { throw new ArgumentRefusedException($"The argument \"{argument}\" stands for bytes and must be base64."); }
    }

    private static (string Head, byte[] Content) Part(string name, PlainField field, JsonElement value)
    {
        var disposition = $"Content-Disposition: form-data; name=\"{Quoted(name)}\"";
        if (field.IsBinary)
            return ($"{disposition}; filename=\"{Quoted(name)}\"\r\nContent-Type: {field.ContentType ?? "application/octet-stream"}", BytesOf(name, value));
        var isJson = field.IsJson || value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        var contentType = field.ContentType ?? (isJson ? "application/json" : null);
        var text = isJson ? ParameterText.JsonOf(name, value) : ParameterText.TextOf(name, value);
        return (contentType is null ? disposition : $"{disposition}\r\nContent-Type: {contentType}", Encoding.UTF8.GetBytes(text));
    }

    // As browsers do (WHATWG HTML, "multipart form data").
    private static string Quoted(string name) =>
        name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    // A text cannot hold its own hash, so the boundary stands nowhere in the parts.
    private static string BoundaryFor(List<(string Head, byte[] Content)> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (head, content) in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(head));
            hash.AppendData(content);
        }

        return "part-" + Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }
}
