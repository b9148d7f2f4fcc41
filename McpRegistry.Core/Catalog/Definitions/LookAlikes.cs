using System.Text;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>
/// Letters of other scripts that look like Latin ones, the ones that are used for it (a selection of Unicode's confusables, UTS 39).
/// Names in any language are fine; a word of letters of two scripts that all look Latin is written so by nobody who means no harm.
/// </summary>
internal static class LookAlikes
{
    // Each group: the Latin letters, and below each the one of another script that looks like it.
    private static readonly (string Latin, string Other)[] Groups =
    [
        // Cyrillic.
        ("aeopcyxijshdqwlABEKMHOPCTYXSIJGW", "аеорсухіјѕһԁԛԝӏАВЕКМНОРСТУХЅІЈԌԜ"),
        // Greek.
        ("aoviptkncABEZHIKMNOPTYX", "αονιρτκηϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"),
        // Armenian, and letters of IPA and Latin that are not those of the keyboard.
        ("onuhgqagio", "օոսհցզɑɡıɔ"),
        // Cherokee.
        ("DRTiAJEWMHGSPVKLCBZ", "ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏚᏢᏙᏦᏞᏟᏴᏃ"),
        // Roman numerals.
        ("ivxlcdmIVXLCDM", "ⅰⅴⅹⅼⅽⅾⅿⅠⅤⅩⅬⅭⅮⅯ"),
    ];

    private static readonly Dictionary<int, char> Known = Groups.SelectMany(group => group.Latin.Zip(group.Other)).GroupBy(pair => pair.Second).ToDictionary(pairs => (int)pairs.Key, pairs => pairs.First().First);

    /// <summary>The name as it looks. Null: it looks like nothing but itself.</summary>
    public static string? LatinLook(string name)
    {
        if (Ascii.IsValid(name)) return null;
        var look = new StringBuilder(name.Length);
        var isOther = false;
        foreach (var rune in name.EnumerateRunes())
        {
            if (LatinOf(rune) is { } latin)
            {
                look.Append(latin);
                isOther = true;
            }
            else look.Append(rune);
        }

        return isOther ? look.ToString() : null;
    }

    /// <summary>True when a word in the name is made of Latin letters and of others that look like them, and of nothing else.</summary>
    public static bool HasMixedWord(string name)
    {
        if (Ascii.IsValid(name)) return false;
        bool hasLatin = false, hasOther = false, isForeign = false;
        foreach (var rune in name.EnumerateRunes().Append(new Rune(' ')))
        {
            if (!Rune.IsLetter(rune) && LatinOf(rune) is null)
            {
                if (hasLatin && hasOther && !isForeign) return true;
                hasLatin = hasOther = isForeign = false;
            }
            else if (rune.IsAscii) hasLatin = true;
            else if (LatinOf(rune) is not null) hasOther = true;
            else isForeign = true;
        }

        return false;
    }

    private static char? LatinOf(Rune rune)
    {
        if (rune.IsAscii) return null;
        var value = rune.Value;
        // Full width, as in tables; and the letters of mathematics, thirteen alphabets in a row.
        if (value is >= 0xff21 and <= 0xff3a or >= 0xff41 and <= 0xff5a) return (char)(value - 0xfee0);
        if (value is >= 0x1d400 and <= 0x1d6a3) return (value - 0x1d400) % 52 is var letter && letter < 26 ? (char)('A' + letter) : (char)('a' + letter - 26);
        return Known.TryGetValue(value, out var latin) ? latin : null;
    }
}
