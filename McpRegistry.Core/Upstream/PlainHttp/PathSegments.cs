using System.Buffers;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>
/// Whether a text stays within the one segment of a path that it is put into. Servers and proxies undo escapes before they route, some
/// more than once, so what it becomes then counts: <c>5/secret</c>, <c>5%2Fsecret</c> and <c>5%252fsecret</c> lead to the same operation.
/// </summary>
internal static class PathSegments
{
    // A text that needs more is not what anybody means.
    private const int MostDecodings = 8;

    // The separators of paths, and of the parameters of a segment, which some servers take away before they look: "..;x" is "..".
    private static readonly SearchValues<char> Separators = SearchValues.Create("/\\;");

    /// <summary>True when it holds no separator and no control character, plain or escaped however often.</summary>
    public static bool IsWithinOne(string text) =>
        TryDecode(text, IsPlain, out var decoded) && !HasOddEscape(decoded);

    /// <summary>True when what was put together leads elsewhere after all: it is a dot segment or has a separator, or becomes so.</summary>
    public static bool LeadsElsewhere(string segment) =>
        !TryDecode(segment, static text => !text.AsSpan().ContainsAny('/', '\\'), out var decoded) || decoded.Trim() is "." or "..";

    private static bool TryDecode(string text, Func<string, bool> isGood, out string decoded)
    {
        decoded = text;
        for (var round = 0; round < MostDecodings; round++)
        {
            if (!isGood(decoded)) return false;
            var next = Uri.UnescapeDataString(decoded);
            if (next.Length == decoded.Length) return true;
            decoded = next;
        }

        return false;
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAny(Separators) && !text.Any(char.IsControl);

    // What is left are bytes that are no UTF-8 ("%c0%af", a slash to lenient readers) and the escapes of old servers ("%u002f").
    private static bool HasOddEscape(string decoded)
    {
        for (var at = decoded.IndexOf('%'); at >= 0; at = decoded.IndexOf('%', at + 1))
        {
            var rest = decoded.AsSpan(at + 1);
            if (rest is [var one, var other, ..] && char.IsAsciiHexDigit(other) && (char.IsAsciiHexDigit(one) || one is 'u' or 'U')) return true;
        }

        return false;
    }
}
