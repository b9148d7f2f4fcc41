using System.Buffers;
using System.Text;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>
/// Finds text that models read and people do not see: the tags of Unicode (U+E0000 to U+E007F), in which whole sentences can be hidden,
/// and the marks that turn the order of what is seen. What a service says of its tools is passed on as it is, so it is only told.
/// </summary>
internal static class InvisibleText
{
    private const int BlackFlag = 0x1f3f4;

    // As escapes: a tag is \udb40 and a half behind it. In any case.
    private static readonly SearchValues<string> Escapes = SearchValues.Create(["\\udb40\\udc", "\\u202d", "\\u202e"], StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<byte> Tags => [0xf3, 0xa0];

    private static ReadOnlySpan<byte> Marks => [0xe2, 0x80];

    /// <summary>True when a definition holds some.</summary>
    public static bool IsIn(ReadOnlySpan<byte> json)
    {
        // U+E0000 begins with F3 A0 in UTF-8, U+202D and U+202E with E2 80; nearly every definition is done here.
        if (json.IndexOf(Tags) < 0 && json.IndexOf(Marks) < 0 && json.IndexOf("\\u"u8) < 0) return false;
        var text = Encoding.UTF8.GetString(json);
        if (text.AsSpan().ContainsAny(Escapes)) return true;
        var isFlag = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var isTag = rune.Value is >= 0xe0000 and <= 0xe007f;
            if (rune.Value is 0x202d or 0x202e || (isTag && !isFlag)) return true;
            // The flags of England, Scotland and Wales are a flag and tags behind it.
            isFlag = rune.Value == BlackFlag || (isFlag && isTag);
        }

        return false;
    }
}
