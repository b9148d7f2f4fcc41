using System.Globalization;
using System.Text;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>Characters that nobody sees, or that change how what stands beside them is seen: with them a name looks like another one.</summary>
internal static class NameCharacters
{
    /// <summary>True for a character that a name must not have.</summary>
    public static bool IsHidden(Rune rune)
    {
        if (rune.IsAscii) return rune.Value is < ' ' or 0x7f;
        return Rune.GetUnicodeCategory(rune) switch
        {
            // Bidirectional marks, zero-width characters and tags are of the category Format.
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate or UnicodeCategory.SpaceSeparator => true,
            _ => IsBlank(rune.Value),
        };
    }

    /// <summary>True when a name holds one.</summary>
    public static bool HasHidden(string name) => !Ascii.IsValid(name) ? name.EnumerateRunes().Any(IsHidden) : name.AsSpan().ContainsAnyInRange('\0', '\x1f') || name.Contains('\x7f', StringComparison.Ordinal);

    /// <summary>The same of a URI.</summary>
    public static bool HasHiddenInUri(string uri) => uri.EnumerateRunes().Any(IsHiddenInText);

    /// <summary>The same in text and names of files, which are of all languages: there are spaces of several kinds, and joiners and variation selectors make letters and pictures.</summary>
    public static bool IsHiddenInText(Rune rune) =>
        IsHidden(rune) && rune.Value is not (0x200c or 0x200d) && !IsVariation(rune.Value) && (rune.IsAscii || Rune.GetUnicodeCategory(rune) != UnicodeCategory.SpaceSeparator);

    // Letters and marks that are drawn as nothing: fillers of Hangul, the grapheme joiner, Khmer vowels, the blank of Braille, selectors.
    private static bool IsBlank(int value) => value is 0x034f or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or 0x2800 or 0x3164 or 0xffa0 or (>= 0x180b and <= 0x180f) || IsVariation(value);

    private static bool IsVariation(int value) => value is (>= 0xfe00 and <= 0xfe0f) or (>= 0xe0100 and <= 0xe01ef);
}
