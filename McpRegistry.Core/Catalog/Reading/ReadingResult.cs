namespace McpRegistry.Core.Catalog.Reading;

/// <summary>How an attempt to read a list ended.</summary>
internal enum ReadingEnd
{
    /// <summary>It was read.</summary>
    Read,

    /// <summary>It was not, or perhaps not in full: soon once more.</summary>
    TryAgain,

    /// <summary>There is nobody to ask. Whoever connects asks for it anew.</summary>
    Away,
}

/// <summary>What an attempt to read a list came to.</summary>
/// <param name="End">How it ended.</param>
/// <param name="WasRead">Whether the list was read to its end.</param>
/// <param name="WasNews">Whether something of the service is another than before.</param>
internal readonly record struct ReadingResult(ReadingEnd End, bool WasRead, bool WasNews)
{
    public static ReadingResult Away { get; } = new(ReadingEnd.Away, false, false);
}
