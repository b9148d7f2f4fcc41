using System.Collections.Concurrent;
using System.Collections.Immutable;

using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog;

/// <summary>The lists that clients see and the routes behind them, either of all services or of one. Immutable; the answers to list requests are rendered once.</summary>
public sealed class CatalogSnapshot
{
    private readonly ConcurrentDictionary<object, byte[]> _rendered = new();
    private readonly CatalogLookup _lookup;

    private CatalogSnapshot(ImmutableArray<CatalogEntry> tools, ImmutableArray<CatalogEntry> prompts, ImmutableArray<CatalogEntry> resources, ImmutableArray<CatalogEntry> templates, Func<CatalogEntry, string> shownName)
    {
        (Tools, Prompts, Resources, ResourceTemplates) = (tools, prompts, resources, templates);
        _lookup = new CatalogLookup(this, shownName);
    }

    private CatalogSnapshot(CatalogSnapshot lists)
    {
        (Tools, Prompts, Resources, ResourceTemplates, _lookup) = (lists.Tools, lists.Prompts, lists.Resources, lists.ResourceTemplates, lists._lookup);
        (HasCompletions, HasLogging, Instructions) = (lists.HasCompletions, lists.HasLogging, lists.Instructions);
    }

    /// <summary>Nothing.</summary>
    public static CatalogSnapshot Empty { get; } = new([], [], [], [], entry => entry.Name);

    /// <summary>The tools, by shown name.</summary>
    public ImmutableArray<CatalogEntry> Tools { get; }

    /// <summary>The prompts, by shown name.</summary>
    public ImmutableArray<CatalogEntry> Prompts { get; }

    /// <summary>The resources, by URI; of a URI that several services have, the first service's by name.</summary>
    public ImmutableArray<CatalogEntry> Resources { get; }

    /// <summary>The resource templates, by template.</summary>
    public ImmutableArray<CatalogEntry> ResourceTemplates { get; }

    /// <summary>The services that may get no calls now or of which something is missing, by name: their entries may be missing, old, or may fail.</summary>
    public ImmutableArray<string> Degraded { get; private init; } = [];

    /// <summary>True when some service offers <c>completion/complete</c>.</summary>
    public bool HasCompletions { get; private init; }

    /// <summary>True when some service offers log messages.</summary>
    public bool HasLogging { get; private init; }

    /// <summary>What the services tell models about themselves, each under its name.</summary>
    public string? Instructions { get; private init; }

    /// <summary>Merges the catalogs of services, under exposed names.</summary>
    public static CatalogSnapshot Merge(IEnumerable<ServiceSnapshot> services)
    {
        var byName = services.OrderBy(one => one.Name, StringComparer.Ordinal).ToArray();
        // The exposed names of a service stand together, so that services are sorted and not their entries: "a-b__t" comes before "a__t".
        var byPrefix = byName.OrderBy(one => ExposedNames.Compose(one.Name, ""), StringComparer.Ordinal).ToArray();
        var told = byName.Where(one => !string.IsNullOrWhiteSpace(one.Catalog.Instructions)).Select(one => $"## {one.Name}\n{one.Catalog.Instructions}");
        var instructions = string.Join("\n\n", told);
        return new CatalogSnapshot(
            [.. byPrefix.SelectMany(one => one.Catalog.Tools)],
            [.. byPrefix.SelectMany(one => one.Catalog.Prompts)],
            MergeByUri(byName.SelectMany(one => one.Catalog.Resources)),
            MergeByUri(byName.SelectMany(one => one.Catalog.ResourceTemplates)),
            entry => entry.ExposedName)
        {
            Degraded = AwayOf(byName),
            HasCompletions = byName.Any(one => one.Catalog.HasCompletions),
            HasLogging = byName.Any(one => one.Catalog.HasLogging),
            Instructions = instructions.Length == 0 ? null : instructions,
        };
    }

    /// <summary>The view of one service, under original names.</summary>
    public static CatalogSnapshot Of(ServiceCatalog catalog) =>
        new(catalog.Tools, catalog.Prompts, catalog.Resources, catalog.ResourceTemplates, entry => entry.Name)
        {
            HasCompletions = catalog.HasCompletions,
            HasLogging = catalog.HasLogging,
            Instructions = catalog.Instructions,
        };

    /// <summary>The same lists when other services are away than before.</summary>
    public CatalogSnapshot WithStanding(IEnumerable<ServiceSnapshot> services) =>
        new(this) { Degraded = AwayOf(services.OrderBy(one => one.Name, StringComparer.Ordinal)) };

    /// <summary>The tool of a shown name. Null: none.</summary>
    public CatalogEntry? FindTool(ReadOnlySpan<char> name) => _lookup.FindTool(name);

    /// <summary>The prompt of a shown name. Null: none.</summary>
    public CatalogEntry? FindPrompt(string name) => _lookup.FindPrompt(name);

    /// <summary>The entry that serves a resource URI: the resource of that URI, else the first template that fits. Null: none.</summary>
    public CatalogEntry? FindResource(string uri) => _lookup.FindResource(uri);

    /// <summary>Bytes made from this snapshot, made once for each key.</summary>
    public ReadOnlyMemory<byte> Render<TKey>(TKey key, Func<CatalogSnapshot, TKey, byte[]> render)
        where TKey : notnull => _rendered.GetOrAdd(key, static (one, args) => args.render(args.snapshot, (TKey)one), (snapshot: this, render));

    private static ImmutableArray<CatalogEntry> MergeByUri(IEnumerable<CatalogEntry> entries) =>
        [.. entries.DistinctBy(one => one.ExposedName).OrderBy(one => one.ExposedName, StringComparer.Ordinal)];

    private static ImmutableArray<string> AwayOf(IEnumerable<ServiceSnapshot> services) =>
        [.. services.Where(one => one.Condition != ServiceCondition.Ready).Select(one => one.Name)];
}
