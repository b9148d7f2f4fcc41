using System.Collections.Immutable;

using McpRegistry.Core.Catalog.Limits;
using McpRegistry.Core.Catalog.Ownership;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog;

/// <summary>Merges the lists of services, and keeps account of what is left out by it.</summary>
/// <param name="byName">The services, by name.</param>
/// <param name="mostBytes">How large each list may be.</param>
internal sealed class CatalogMerge(ServiceSnapshot[] byName, long mostBytes)
{
    /// <summary>Whose a URI is.</summary>
    public UriOwners Owners { get; } = new(byName);

    /// <summary>What is left out.</summary>
    public Withheld Withheld { get; } = new();

    /// <summary>What has the name of its service before its own: all of it, and what is listed.</summary>
    public (ImmutableArray<CatalogEntry> All, ImmutableArray<CatalogEntry> Listed) Named(CatalogKind kind, ServiceSnapshot[] byPrefix)
    {
        var parts = Array.ConvertAll(byPrefix, one => one.Catalog.Of(kind));
        var kept = MergedCut.Within(parts, mostBytes, (index, count) => Cut(kind, byPrefix[index].Name, count));
        ImmutableArray<CatalogEntry> all = [.. parts.SelectMany(one => one)];
        return (all, kept == parts ? all : [.. kept.SelectMany(one => one)]);
    }

    /// <summary>What has a URI: all that belongs to its service, and what is listed.</summary>
    public (ImmutableArray<CatalogEntry> All, ImmutableArray<CatalogEntry> Listed) ByUri(CatalogKind kind)
    {
        var all = new MergedUris(Owners, Withheld.AddConflict).Merge(byName.SelectMany(one => one.Catalog.Of(kind)));
        var owned = all.GroupBy(one => one.Service, StringComparer.Ordinal).ToArray();
        var parts = Array.ConvertAll(owned, one => one.ToImmutableArray());
        var kept = MergedCut.Within(parts, mostBytes, (index, count) => Cut(kind, owned[index].Key, count));
        return (all, kept == parts ? all : [.. kept.SelectMany(one => one).OrderBy(one => one.ExposedName, StringComparer.Ordinal)]);
    }

    private void Cut(CatalogKind kind, string service, int count) => Withheld.AddCut(service, MergedCut.Problem(kind, service, count, mostBytes));
}
