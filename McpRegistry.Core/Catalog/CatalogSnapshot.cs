using System.Collections.Concurrent;
using System.Collections.Immutable;

using McpRegistry.Core.Catalog.Introduction;
using McpRegistry.Core.Catalog.Limits;
using McpRegistry.Core.Catalog.Ownership;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog;

/// <summary>The lists that clients see and the routes behind them, either of all services or of one. Immutable; the answers to list requests are rendered once.</summary>
public sealed class CatalogSnapshot
{
    private readonly ConcurrentDictionary<object, byte[]> _rendered = new();
    private readonly CatalogLookup _lookup;
    private UriOwners? _owners;
    private Withheld? _withheld;

    private CatalogSnapshot(CatalogParts listed, CatalogLookup lookup)
    {
        (Tools, Prompts, Resources, ResourceTemplates) = (listed.Tools, listed.Prompts, listed.Resources, listed.Templates);
        _lookup = lookup;
    }

    private CatalogSnapshot(CatalogSnapshot lists)
    {
        (Tools, Prompts, Resources, ResourceTemplates, _lookup) = (lists.Tools, lists.Prompts, lists.Resources, lists.ResourceTemplates, lists._lookup);
        (HasCompletions, HasLogging, Instructions) = (lists.HasCompletions, lists.HasLogging, lists.Instructions);
        (_owners, _withheld) = (lists._owners, lists._withheld);
    }

    /// <summary>Nothing.</summary>
    public static CatalogSnapshot Empty { get; } = Merge([]);

    /// <summary>The tools, by shown name.</summary>
    public ImmutableArray<CatalogEntry> Tools { get; }

    /// <summary>The prompts, by shown name.</summary>
    public ImmutableArray<CatalogEntry> Prompts { get; }

    /// <summary>The resources, by URI; a URI stands here once, as that of the service that claimed it first.</summary>
    public ImmutableArray<CatalogEntry> Resources { get; }

    /// <summary>The resource templates, by template.</summary>
    public ImmutableArray<CatalogEntry> ResourceTemplates { get; }

    /// <summary>The services that may get no calls now or of which something is missing here, by name: their entries may be missing, old, or may fail.</summary>
    public ImmutableArray<string> Degraded { get; private init; } = [];

    /// <summary>True when some service offers <c>completion/complete</c>.</summary>
    public bool HasCompletions { get; private init; }

    /// <summary>True when some service offers log messages.</summary>
    public bool HasLogging { get; private init; }

    /// <summary>What models are told: of one service its own words, of all the registry's.</summary>
    public string? Instructions { get; private init; }

    /// <summary>Merges the catalogs of services, under exposed names.</summary>
    /// <param name="services">The services.</param>
    /// <param name="mostBytes">How large each list may be; of a larger one those services are cut that have most of it. What is cut is not listed, and found by its name all the same.</param>
    public static CatalogSnapshot Merge(IEnumerable<ServiceSnapshot> services, long mostBytes = CatalogOptions.DefaultMergedBytes)
    {
        var byName = services.OrderBy(one => one.Name, StringComparer.Ordinal).ToArray();
        // The exposed names of a service stand together, so that services are sorted and not their entries: "a-b__t" comes before "a__t".
        var byPrefix = byName.OrderBy(one => ExposedNames.Compose(one.Name, ""), StringComparer.Ordinal).ToArray();
        var merging = new CatalogMerge(byName, mostBytes);
        var tools = merging.Named(CatalogKind.Tool, byPrefix);
        var prompts = merging.Named(CatalogKind.Prompt, byPrefix);
        var resources = merging.ByUri(CatalogKind.Resource);
        var templates = merging.ByUri(CatalogKind.ResourceTemplate);
        var lookup = new CatalogLookup(new CatalogParts(tools.All, prompts.All, resources.All, templates.All), entry => entry.ExposedName, merging.Owners);
        return new CatalogSnapshot(new CatalogParts(tools.Listed, prompts.Listed, resources.Listed, templates.Listed), lookup)
        {
            _owners = merging.Owners,
            _withheld = merging.Withheld,
            Degraded = AwayOf(byName, merging.Withheld),
            HasCompletions = byName.Any(one => one.Catalog.HasCompletions),
            HasLogging = byName.Any(one => one.Catalog.HasLogging),
            Instructions = MergedInstructions.Of(byName),
        };
    }

    /// <summary>The view of one service, under original names.</summary>
    public static CatalogSnapshot Of(ServiceCatalog catalog)
    {
        var lists = new CatalogParts(catalog.Tools, catalog.Prompts, catalog.Resources, catalog.ResourceTemplates);
        return new(lists, new CatalogLookup(lists, entry => entry.Name, owners: null))
        {
            HasCompletions = catalog.HasCompletions,
            HasLogging = catalog.HasLogging,
            Instructions = catalog.Instructions,
        };
    }

    /// <summary>The same lists when other services are away than before.</summary>
    public CatalogSnapshot WithStanding(IEnumerable<ServiceSnapshot> services) =>
        new(this) { Degraded = AwayOf(services.OrderBy(one => one.Name, StringComparer.Ordinal), _withheld) };

    /// <summary>The tool of a shown name. Null: none.</summary>
    public CatalogEntry? FindTool(ReadOnlySpan<char> name) => _lookup.FindTool(name);

    /// <summary>The prompt of a shown name. Null: none.</summary>
    public CatalogEntry? FindPrompt(string name) => _lookup.FindPrompt(name);

    /// <summary>The entry that serves a resource URI: the resource of that URI, else the first template that fits. Null: none.</summary>
    public CatalogEntry? FindResource(string uri) => _lookup.FindResource(uri);

    /// <summary>The service that a resource URI belongs to, whether or not it stands in a list. Null: nobody claims it, or this is the view of one service.</summary>
    public string? OwnerOf(string uri) => uri.Length > ResourceTemplateMatcher.LongestUri ? null : _owners?.Of(uri);

    /// <summary>What of a service is not shown here although the service lists it: what was cut, and what belongs to another.</summary>
    public ImmutableArray<CatalogProblem> WithheldOf(string service) => _withheld?.Of(service) ?? [];

    /// <summary>Bytes made from this snapshot, made once for each key.</summary>
    public ReadOnlyMemory<byte> Render<TKey>(TKey key, Func<CatalogSnapshot, TKey, byte[]> render)
        where TKey : notnull => _rendered.GetOrAdd(key, static (one, args) => args.render(args.snapshot, (TKey)one), (snapshot: this, render));

    private static ImmutableArray<string> AwayOf(IEnumerable<ServiceSnapshot> services, Withheld? withheld) =>
        [.. services.Where(one => one.Condition != ServiceCondition.Ready || withheld?.Cut.Contains(one.Name) == true).Select(one => one.Name)];
}

/// <summary>The four lists of a catalog.</summary>
internal readonly record struct CatalogParts(ImmutableArray<CatalogEntry> Tools, ImmutableArray<CatalogEntry> Prompts, ImmutableArray<CatalogEntry> Resources, ImmutableArray<CatalogEntry> Templates);
