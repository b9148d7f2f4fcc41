using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>JSON strings to text and back.</summary>
public static class JsonText
{
    // The characters that stand for themselves, in one byte each.
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(code => (byte)code).Where(code => code is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>The text of a JSON string, given with its quotes.</summary>
    /// <exception cref="JsonException">It escapes half a character (a lone surrogate), which is no text.</exception>
    public static string Decode(ReadOnlySpan<byte> quoted)
    {
        // Names and versions nearly always: what needs no reader.
        if (quoted is [(byte)'"', .. var plain, (byte)'"'] && !plain.ContainsAnyExcept(Plain)) return Encoding.Latin1.GetString(plain);
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try { return reader.GetString() ?? ""; }
        catch (InvalidOperationException) { throw new JsonException("A text escapes half a character."); }
    }

    /// <summary>The text of a JSON string, given with its quotes, into memory of the caller. False: it does not stand there as it is, or there is no room; see <see cref="Decode"/>.</summary>
    public static bool TryDecodePlain(ReadOnlySpan<byte> quoted, Span<char> text, out int length)
    {
        length = 0;
        return quoted is [(byte)'"', .. var plain, (byte)'"'] && !plain.ContainsAnyExcept(Plain) && Encoding.Latin1.TryGetChars(plain, text, out length);
    }

    /// <summary>A text as JSON string, quotes included.</summary>
    public static byte[] Encode(string text) => JsonSerializer.SerializeToUtf8Bytes(text);

    /// <summary>The text of a string that somebody else wrote, with U+FFFD in place of what is no Unicode. Null: it is no string.</summary>
    public static string? Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try { return value.GetString(); }
        catch (InvalidOperationException) { return Decode(JsonUnicode.Mend(JsonMarshal.GetRawUtf8Value(value))); }
    }

    /// <summary>A member of an object that somebody else wrote, whatever the names beside it are. False: there is none, or it is no object.</summary>
    public static bool TryGetMember(JsonElement parent, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        if (parent.ValueKind != JsonValueKind.Object) return false;
        try { return parent.TryGetProperty(name, out value); }
        catch (InvalidOperationException) { return TryFindRaw(parent, name, out value); }
    }

    // The last one of the name, as TryGetProperty does it.
    private static bool TryFindRaw(JsonElement parent, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        var isFound = false;
        foreach (var member in parent.EnumerateObject())
        {
            if (!JsonMarshal.GetRawUtf8PropertyName(member).SequenceEqual(name)) continue;
            value = member.Value;
            isFound = true;
        }
        return isFound;
    }
}
