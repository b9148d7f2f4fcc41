using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace McpRegistry.Core.Catalog;

/// <summary>What one service offers, each list sorted by name.</summary>
public sealed record ServiceCatalog
{
    // Not a field: a copy made by "with" would carry the view of its original.
    private static readonly ConditionalWeakTable<ServiceCatalog, CatalogSnapshot> Views = [];
    private static readonly Comparer<CatalogEntry> ByName = Comparer<CatalogEntry>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));

    /// <summary>Nothing known yet.</summary>
    public static ServiceCatalog Empty { get; } = new();

    /// <summary>Its tools.</summary>
    public ImmutableArray<CatalogEntry> Tools { get; init => field = Sorted(value); } = [];

    /// <summary>Its prompts.</summary>
    public ImmutableArray<CatalogEntry> Prompts { get; init => field = Sorted(value); } = [];

    /// <summary>Its resources.</summary>
    public ImmutableArray<CatalogEntry> Resources { get; init => field = Sorted(value); } = [];

    /// <summary>Its resource templates.</summary>
    public ImmutableArray<CatalogEntry> ResourceTemplates { get; init => field = Sorted(value); } = [];

    /// <summary>What it tells models about itself, if anything.</summary>
    public string? Instructions { get; init; }

    /// <summary>True when it offers <c>completion/complete</c>.</summary>
    public bool HasCompletions { get; init; }

    /// <summary>True when it offers <c>logging/setLevel</c> (legacy) or log messages (modern).</summary>
    public bool HasLogging { get; init; }

    /// <summary>The routes of this service alone, by original name: what <c>/mcp/{service}</c> shows.</summary>
    public CatalogSnapshot OwnView => Views.TryGetValue(this, out var view) ? view : Views.GetValue(this, CatalogSnapshot.Of);

    // Whoever merges a thousand of them relies on it.
    private static ImmutableArray<CatalogEntry> Sorted(ImmutableArray<CatalogEntry> entries) => entries.Sort(ByName);
}
