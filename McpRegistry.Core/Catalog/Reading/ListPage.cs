using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Catalog.Reading;

/// <summary>
/// One page of a list, read in place: a document of it would take many times its size, and what a hostile server sends is up to that
/// server. Only items that are small enough to be taken become documents, one at a time.
/// </summary>
internal static class ListPage
{
    /// <summary>The longest cursor that is sent back, in characters. All of a list are remembered, so that no circle is read for ever.</summary>
    public const int LongestCursor = 16 * 1024;

    private static readonly JsonReaderOptions Deep = new() { MaxDepth = int.MaxValue };

    /// <summary>Hands each item of a page to a list until that takes no more.</summary>
    /// <param name="list">The list.</param>
    /// <param name="shape">What it is a list of.</param>
    /// <param name="result">The answer.</param>
    /// <param name="next">The cursor of the next page. Null: there is none.</param>
    /// <param name="hasOddCursor">True when there is one that is no text.</param>
    /// <param name="cancellationToken">Looked at between items.</param>
    /// <returns>Why the page cannot be read, in words of our own. Null: it was.</returns>
    public static string? Take(ListInParts list, CatalogListShape shape, ReadOnlySpan<byte> result, out string? next, out bool hasOddCursor, CancellationToken cancellationToken)
    {
        next = null;
        hasOddCursor = false;
        try
        {
            if (!TryFindItems(shape, result, out var items, out var cursor, out hasOddCursor)) return $"its answer has no list \"{shape.Member}\"";
            if (cursor.Length > LongestCursor) return "the cursor of its next page is too long";
            next = cursor.IsEmpty ? null : JsonText.Decode(JsonUnicode.Mend(cursor));
            TakeItems(list, shape, items, cancellationToken);
            return null;
        }
        catch (JsonException) { return ListFailures.NoJson; }
    }

    // Of a member that stands twice the last one counts, as everywhere.
    private static bool TryFindItems(CatalogListShape shape, ReadOnlySpan<byte> result, out ReadOnlySpan<byte> items, out ReadOnlySpan<byte> cursor, out bool hasOddCursor)
    {
        items = cursor = default;
        hasOddCursor = false;
        var reader = new Utf8JsonReader(result, Deep);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = IsNamed(ref reader, shape.MemberUtf8);
            var isCursor = !isItems && IsNamed(ref reader, "nextCursor"u8);
            reader.Read();
            var (type, start) = (reader.TokenType, (int)reader.TokenStartIndex);
            reader.Skip();
            var value = result[start..(int)reader.BytesConsumed];
            if (isItems) items = type == JsonTokenType.StartArray ? value : default;
            if (!isCursor) continue;
            cursor = type == JsonTokenType.String ? value : default;
            hasOddCursor = type is not (JsonTokenType.String or JsonTokenType.Null);
        }

        return !items.IsEmpty;
    }

    private static void TakeItems(ListInParts list, CatalogListShape shape, ReadOnlySpan<byte> items, CancellationToken cancellationToken)
    {
        var reader = new Utf8JsonReader(items, Deep);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!list.Take(shape, items[start..(int)reader.BytesConsumed])) return;
        }
    }

    /// <summary>True when the member the reader stands at is called so.</summary>
    internal static bool IsNamed(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan.SequenceEqual(name);
        try { return reader.ValueTextEquals(name); }
        catch (InvalidOperationException)
        {
            // It escapes half a character, which no name of ours does.
            return false;
        }
    }
}
