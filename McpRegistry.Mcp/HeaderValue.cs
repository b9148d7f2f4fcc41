using System.Buffers;
using System.Text;

namespace McpRegistry.Mcp;

/// <summary>Header values as the texts they stand for: plain where that is safe, else <c>=?base64?…?=</c> (MCP 2026-07-28, Streamable HTTP, "Value Encoding").</summary>
internal static class HeaderValue
{
    private const string Open = "=?base64?";
    private const string Close = "?=";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> Printable = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(one => (char)one), '\t']);
    private static readonly SearchValues<char> Base64Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>The text a header stands for. Null: it has characters a header must not have, or broken Base64.</summary>
    public static string? Decode(string value)
    {
        if (value.AsSpan().ContainsAnyExcept(Printable)) return null;
        if (!IsWrapped(value)) return value;
        var inner = value.AsSpan(Open.Length, value.Length - Open.Length - Close.Length);
        // The framework's decoder would skip white space.
        if (inner.ContainsAnyExcept(Base64Alphabet)) return null;
        var bytes = new byte[inner.Length];
        if (!Convert.TryFromBase64Chars(inner, bytes, out var written)) return null;
        try { return StrictUtf8.GetString(bytes, 0, written); }
        catch (DecoderFallbackException) { return null; }
    }

    private static bool IsWrapped(string value) =>
        value.Length >= Open.Length + Close.Length && value.StartsWith(Open, StringComparison.Ordinal) && value.EndsWith(Close, StringComparison.Ordinal);
}
