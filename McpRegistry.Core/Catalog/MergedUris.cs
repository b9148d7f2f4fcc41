using System.Collections.Immutable;

using McpRegistry.Core.Catalog.Ownership;

namespace McpRegistry.Core.Catalog;

/// <summary>Merges what has a URI and no prefix: each entry belongs to the service that owns its place, and a second claim is left out and named.</summary>
/// <param name="owners">Who owns what.</param>
/// <param name="withhold">Hears of each entry that is left out, and whose it is.</param>
internal sealed class MergedUris(UriOwners owners, Action<CatalogEntry, string> withhold)
{
    /// <summary>The entries, by URI.</summary>
    public ImmutableArray<CatalogEntry> Merge(IEnumerable<CatalogEntry> entries)
    {
        var merged = new Dictionary<string, CatalogEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (owners.IsAnothers(entry, out var owner)) withhold(entry, owner);
            else if (merged.TryGetValue(entry.ExposedName, out var known) && !owners.IsBefore(entry, known)) withhold(entry, known.Service);
            else
            {
                if (known is not null) withhold(known, entry.Service);
                merged[entry.ExposedName] = entry;
            }
        }

        return [.. merged.Values.OrderBy(one => one.ExposedName, StringComparer.Ordinal)];
    }
}
