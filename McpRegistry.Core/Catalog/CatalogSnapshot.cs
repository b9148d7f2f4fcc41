using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;

using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog;

/// <summary>The lists that clients see and the routes behind them, either of all services or of one. Immutable; the answers to list requests are rendered once.</summary>
public sealed class CatalogSnapshot
{
    private readonly ConcurrentDictionary<object, byte[]> _rendered = new();
    private readonly ImmutableArray<ResourceTemplateMatcher> _templates;

    private CatalogSnapshot(IEnumerable<CatalogEntry> tools, IEnumerable<CatalogEntry> prompts, IEnumerable<CatalogEntry> resources, IEnumerable<CatalogEntry> templates, Func<CatalogEntry, string> shownName)
    {
        Tools = Sort(tools, shownName);
        Prompts = Sort(prompts, shownName);
        Resources = Sort(resources, shownName);
        ResourceTemplates = Sort(templates, shownName);
        ToolRoutes = Tools.ToFrozenDictionary(shownName, StringComparer.Ordinal);
        PromptRoutes = Prompts.ToFrozenDictionary(shownName, StringComparer.Ordinal);
        ResourceRoutes = Resources.ToFrozenDictionary(shownName, StringComparer.Ordinal);
        _templates = [.. ResourceTemplates.Select(one => new ResourceTemplateMatcher(one))];
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

    /// <summary>Tools by shown name.</summary>
    public FrozenDictionary<string, CatalogEntry> ToolRoutes { get; }

    /// <summary>Prompts by shown name.</summary>
    public FrozenDictionary<string, CatalogEntry> PromptRoutes { get; }

    /// <summary>Resources by URI.</summary>
    public FrozenDictionary<string, CatalogEntry> ResourceRoutes { get; }

    /// <summary>The services that may get no calls now, by name: their entries may be missing or may fail.</summary>
    public ImmutableArray<string> Degraded { get; private init; } = [];

    /// <summary>True when some service offers <c>completion/complete</c>.</summary>
    public bool HasCompletions { get; private init; }

    /// <summary>True when some service offers log messages.</summary>
    public bool HasLogging { get; private init; }

    /// <summary>What the services tell models about themselves, each under its name.</summary>
    public string? Instructions { get; private init; }

    /// <summary>Merges the catalogs of services, under exposed names.</summary>
    public static CatalogSnapshot Merge(ImmutableArray<ServiceSnapshot> services)
    {
        var sorted = services.OrderBy(one => one.Name, StringComparer.Ordinal).ToArray();
        var told = sorted.Where(one => !string.IsNullOrWhiteSpace(one.Catalog.Instructions)).Select(one => $"## {one.Name}\n{one.Catalog.Instructions}");
        var instructions = string.Join("\n\n", told);
        return new CatalogSnapshot(
            sorted.SelectMany(one => one.Catalog.Tools),
            sorted.SelectMany(one => one.Catalog.Prompts),
            sorted.SelectMany(one => one.Catalog.Resources),
            sorted.SelectMany(one => one.Catalog.ResourceTemplates),
            entry => entry.ExposedName)
        {
            Degraded = [.. sorted.Where(one => one.Condition != ServiceCondition.Ready).Select(one => one.Name)],
            HasCompletions = sorted.Any(one => one.Catalog.HasCompletions),
            HasLogging = sorted.Any(one => one.Catalog.HasLogging),
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

    /// <summary>The entry that serves a resource URI: the resource of that URI, else the first template that fits. Null: none.</summary>
    public CatalogEntry? FindResource(string uri)
    {
        if (ResourceRoutes.TryGetValue(uri, out var resource)) return resource;
        foreach (var template in _templates)
            if (template.Matches(uri)) return template.Entry;
        return null;
    }

    /// <summary>Bytes made from this snapshot, made once for each key.</summary>
    public ReadOnlyMemory<byte> Render<TKey>(TKey key, Func<CatalogSnapshot, TKey, byte[]> render)
        where TKey : notnull => _rendered.GetOrAdd(key, static (one, args) => args.render(args.snapshot, (TKey)one), (snapshot: this, render));

    private static ImmutableArray<CatalogEntry> Sort(IEnumerable<CatalogEntry> entries, Func<CatalogEntry, string> shownName) =>
        [.. entries.DistinctBy(shownName).OrderBy(shownName, StringComparer.Ordinal)];
}
