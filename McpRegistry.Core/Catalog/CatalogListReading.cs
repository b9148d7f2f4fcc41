using System.Collections.Immutable;

namespace McpRegistry.Core.Catalog;

/// <summary>What became of reading one list of one instance.</summary>
/// <param name="Kind">Which list.</param>
/// <param name="Entries">What was read of it; when it could not be read to its end, as far as that went.</param>
/// <param name="Problems">What could not be taken.</param>
internal sealed record CatalogListReading(CatalogKind Kind, ImmutableArray<CatalogEntry> Entries, ImmutableArray<CatalogProblem> Problems)
{
    /// <summary>How many problems of one list are kept; there are not more in any list that people will read.</summary>
    public const int MostProblems = 1_000;

    /// <summary>Why it could not be read, in words of our own. Null: it was read.</summary>
    public string? Failure { get; init; }

    /// <summary>It was read, but a further try may well bring more.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>A list that the instance does not have.</summary>
    public static CatalogListReading Nothing(CatalogKind kind) => new(kind, [], []);
}
