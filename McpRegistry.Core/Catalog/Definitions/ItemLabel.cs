using System.Globalization;
using System.Text;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>What people are told an item is called: its name as far as it can be shown on a line.</summary>
internal static class ItemLabel
{
    private const int MaxLength = 128;

    /// <summary>The name, shortened, without what would change how a line looks. An item without a name is called so.</summary>
    public static string Of(string? name)
    {
        if (string.IsNullOrEmpty(name)) return "(without a name)";
        var label = new StringBuilder(Math.Min(name.Length, MaxLength));
        foreach (var rune in name.EnumerateRunes())
        {
            var text = IsShown(rune) ? rune.ToString() : "\ufffd";
            if (label.Length + text.Length >= MaxLength) return label.Append('…').ToString();
            label.Append(text);
        }
        return label.ToString();
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
