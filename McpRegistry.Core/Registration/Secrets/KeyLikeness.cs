namespace McpRegistry.Core.Registration.Secrets;

/// <summary>
/// Tells a key from a word. Some services (Zapier, Pipedream, bots of Telegram) put the key into the path of their address, where
/// nothing else says that it is one.
/// </summary>
internal static class KeyLikeness
{
    private const int ShortestKey = 16;
    private const int LongestWord = 31;

    /// <summary>True when a segment of a path looks as if nobody had thought of it: long, and changing between digits, small and capital letters at random.</summary>
    public static bool Has(ReadOnlySpan<char> segment)
    {
        var (letters, changes, unbroken, longest) = (0, 0, 0, 0);
        var last = Kind.None;
        foreach (var character in segment)
        {
            var kind = KindOf(character);
            unbroken = kind == Kind.None ? 0 : unbroken + 1;
            longest = Math.Max(longest, unbroken);
            if (kind == Kind.None) continue;
            letters++;
            // A capital letter and the small ones behind it are a word of a name.
            if (last != Kind.None && kind != last && (last, kind) != (Kind.Capital, Kind.Small)) changes++;
            last = kind;
        }

        if (letters < ShortestKey) return false;
        // Random hexadecimal digits and base64 change every second time, base32 every third; words and dates hardly ever.
        return longest > LongestWord || changes * 5 >= letters;
    }

    private static Kind KindOf(char character) =>
        char.IsAsciiDigit(character) ? Kind.Digit : char.IsAsciiLetterLower(character) ? Kind.Small : char.IsAsciiLetterUpper(character) ? Kind.Capital : Kind.None;

    private enum Kind
    {
        None,
        Digit,
        Small,
        Capital,
    }
}
