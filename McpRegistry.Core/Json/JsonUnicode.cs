using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace McpRegistry.Core.Json;

/// <summary>
/// Finds and replaces what stands in JSON and is no Unicode: bytes that are not UTF-8, and escapes of half a character, as
/// JavaScript servers write them when they cut a text in the middle of an emoji: <c>"cut \ud83d"</c>. Such JSON is well formed, but
/// whoever wants its text is thrown at.
/// </summary>
public static class JsonUnicode
{
    private const int EscapeLength = 6;

    /// <summary>True when all of its text is Unicode.</summary>
    public static bool IsSound(ReadOnlySpan<byte> json) => Utf8.IsValid(json) && FindHalf(json, 0) < 0;

    /// <summary>The same JSON with U+FFFD in place of what is no Unicode, names of members included.</summary>
    /// <param name="json">Well-formed JSON, but for its text.</param>
    public static byte[] Mend(ReadOnlySpan<byte> json)
    {
        var mended = Utf8.IsValid(json) ? json.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        for (var at = FindHalf(mended, 0); at >= 0; at = FindHalf(mended, at + EscapeLength)) "\\ufffd"u8.CopyTo(mended.AsSpan(at));
        return mended;
    }

    /// <summary>The JSON itself where it is sound, else <see cref="Mend"/>.</summary>
    public static ReadOnlyMemory<byte> Sound(ReadOnlyMemory<byte> json) => IsSound(json.Span) ? json : Mend(json.Span);

    // Where the next escape of half a character stands; negative: there is none.
    private static int FindHalf(ReadOnlySpan<byte> json, int at)
    {
        while (json[at..].IndexOf((byte)'\\') is var next and >= 0)
        {
            at += next;
            if (!TryReadEscape(json, at, out var code))
            {
                at = Math.Min(at + 2, json.Length);
                continue;
            }
            if (char.IsHighSurrogate(code) && TryReadEscape(json, at + EscapeLength, out var low) && char.IsLowSurrogate(low)) at += EscapeLength;
            else if (char.IsSurrogate(code)) return at;
            at += EscapeLength;
        }
        return -1;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> json, int at, out char code)
    {
        code = default;
        if (json.Length - at < EscapeLength || json[at] != '\\' || json[at + 1] != 'u') return false;
        var isRead = Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort value, out var digits, 'x') && digits == 4;
        code = (char)value;
        return isRead;
    }
}
