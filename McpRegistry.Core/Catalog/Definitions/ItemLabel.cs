using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

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
            var text = !NameCharacters.IsHidden(rune) ? rune.ToString() : "\ufffd";
            if (label.Length + text.Length >= MaxLength) return label.Append('…').ToString();
            label.Append(text);
        }
        return label.ToString();
    }

    /// <summary>What an item that is not read is called, by the member that has its name. Null: it has none.</summary>
    public static string? FindName(ReadOnlySpan<byte> item, ReadOnlySpan<byte> key)
    {
        var reader = new Utf8JsonReader(item, new JsonReaderOptions { MaxDepth = int.MaxValue });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueSpan.SequenceEqual(key);
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String) return JsonText.Decode(JsonUnicode.Mend(item[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]));
            reader.Skip();
        }

        return null;
    }
}
