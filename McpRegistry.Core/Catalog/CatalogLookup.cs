using System.Collections.Immutable;

using McpRegistry.Core.Catalog.Ownership;

namespace McpRegistry.Core.Catalog;

/// <summary>
/// Finds entries by what clients call them. Plain dictionaries: of twenty thousand names a frozen one takes twenty times as long to
/// make and finds them no sooner.
/// </summary>
internal sealed class CatalogLookup
{
    private readonly Dictionary<string, CatalogEntry> _tools;
    private readonly Dictionary<string, CatalogEntry> _prompts;
    private readonly Dictionary<string, CatalogEntry> _resources;
    private readonly Dictionary<string, List<ResourceTemplateMatcher>> _templates = new(StringComparer.Ordinal);
    private readonly int[] _starts;
    private readonly UriOwners? _owners;

    /// <summary>Makes the lookup of all entries of a catalog.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="shownName">What clients call an entry.</param>
    /// <param name="owners">Whose a URI is. Null: there is one service.</param>
    public CatalogLookup(CatalogParts catalog, Func<CatalogEntry, string> shownName, UriOwners? owners)
    {
        _tools = Index(catalog.Tools, shownName);
        _prompts = Index(catalog.Prompts, shownName);
        _resources = Index(catalog.Resources, shownName);
        foreach (var template in catalog.Templates)
        {
            var matcher = new ResourceTemplateMatcher(template);
            if (!_templates.TryGetValue(matcher.Start, out var alike)) _templates[matcher.Start] = alike = [];
            alike.Add(matcher);
        }

        // The one that says most of a URI comes first: of "bank://accounts/{id}" and "bank://{+any}" the former.
        _starts = [.. _templates.Keys.Select(start => start.Length).Distinct().OrderDescending()];
        _owners = owners;
    }

    public CatalogEntry? FindTool(ReadOnlySpan<char> name) => _tools.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var tool) ? tool : null;

    public CatalogEntry? FindPrompt(string name) => _prompts.GetValueOrDefault(name);

    public CatalogEntry? FindResource(string uri)
    {
        if (_resources.TryGetValue(uri, out var resource)) return resource;
        if (uri.Length > ResourceTemplateMatcher.LongestUri || _starts.Length == 0) return null;
        var owner = _owners?.Of(uri);
        var templates = _templates.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var start in _starts)
        {
            if (start > uri.Length || !templates.TryGetValue(uri.AsSpan(0, start), out var alike)) continue;
            foreach (var template in alike)
                if ((owner is null || owner == template.Entry.Service) && template.Matches(uri)) return template.Entry;
        }

        return null;
    }

    private static Dictionary<string, CatalogEntry> Index(ImmutableArray<CatalogEntry> entries, Func<CatalogEntry, string> shownName)
    {
        var index = new Dictionary<string, CatalogEntry>(entries.Length, StringComparer.Ordinal);
        foreach (var entry in entries) index.TryAdd(shownName(entry), entry);
        return index;
    }
}
