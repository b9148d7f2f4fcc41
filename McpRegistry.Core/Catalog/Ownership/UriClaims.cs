using System.Collections.Immutable;

namespace McpRegistry.Core.Catalog.Ownership;

/// <summary>
/// The places of resource URIs that a service listed, each with the time it did so first. They stay for as long as the service is
/// registered, also while its list cannot be read or is shorter for a while: who came first keeps what it has.
/// </summary>
internal sealed class UriClaims
{
    // A scheme of which more authorities are listed is claimed as a whole: they are the ids of things, not hosts.
    private const int MostOfScheme = 64;
    private const int Most = 1_000;

    private UriClaims(ImmutableSortedDictionary<string, long> since) => Since = since;

    /// <summary>None.</summary>
    public static UriClaims None { get; } = new(ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>When each place was claimed, in milliseconds since 1970.</summary>
    public ImmutableSortedDictionary<string, long> Since { get; }

    /// <summary>Claims as they were written down.</summary>
    public static UriClaims Of(IEnumerable<KeyValuePair<string, long>> since) => new(None.Since.SetItems(since.Take(Most)));

    /// <summary>The same with what these resources and templates claim; what was claimed before keeps its time.</summary>
    public UriClaims With(IEnumerable<CatalogEntry> entries, long now)
    {
        var since = Since.ToBuilder();
        var ofScheme = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (UriPlace.Of(entry.Name) is not { } place) continue;
            // Who has the whole scheme needs no part of it.
            if (!since.ContainsKey(place.Key) && !(!place.IsShared && since.ContainsKey(place.Scheme)))
            {
                var count = ofScheme[place.Scheme] = ofScheme.GetValueOrDefault(place.Scheme) + 1;
                Add(since, count > MostOfScheme && !place.IsShared ? place.Scheme : place.Key, now);
            }

            if (place.IsShared && entry.Kind == CatalogKind.ResourceTemplate && SharedFolders.OfTemplate(entry.Name) is { } folder) Add(since, folder, now);
        }

        return since.Count == Since.Count ? this : new UriClaims(since.ToImmutable());
    }

    private static void Add(ImmutableSortedDictionary<string, long>.Builder since, string key, long now)
    {
        if (since.Count < Most) since.TryAdd(key, now);
    }
}
