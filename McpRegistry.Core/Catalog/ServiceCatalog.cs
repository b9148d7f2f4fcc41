using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace McpRegistry.Core.Catalog;

/// <summary>What one service offers, each list sorted by name.</summary>
public sealed record ServiceCatalog
{
    // Not a field: a copy made by "with" would carry the view of its original.
    private static readonly ConditionalWeakTable<ServiceCatalog, CatalogSnapshot> Views = [];

    /// <summary>Nothing known yet.</summary>
    public static ServiceCatalog Empty { get; } = new();

    /// <summary>Its tools.</summary>
    public ImmutableArray<CatalogEntry> Tools { get; init; } = [];

    /// <summary>Its prompts.</summary>
    public ImmutableArray<CatalogEntry> Prompts { get; init; } = [];

    /// <summary>Its resources.</summary>
    public ImmutableArray<CatalogEntry> Resources { get; init; } = [];

    /// <summary>Its resource templates.</summary>
    public ImmutableArray<CatalogEntry> ResourceTemplates { get; init; } = [];

    /// <summary>What it tells models about itself, if anything.</summary>
    public string? Instructions { get; init; }

    /// <summary>True when it offers <c>completion/complete</c>.</summary>
    public bool HasCompletions { get; init; }

    /// <summary>True when it offers <c>logging/setLevel</c> (legacy) or log messages (modern).</summary>
    public bool HasLogging { get; init; }

    /// <summary>The routes of this service alone, by original name: what <c>/mcp/{service}</c> shows.</summary>
    public CatalogSnapshot OwnView => Views.TryGetValue(this, out var view) ? view : Views.GetValue(this, CatalogSnapshot.Of);
}
