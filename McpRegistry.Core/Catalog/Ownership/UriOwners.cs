using System.Diagnostics.CodeAnalysis;

using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog.Ownership;

/// <summary>
/// Which service a resource URI belongs to where all services are shown as one: to the one that listed its place first. Without it any
/// server could answer for another, by listing the other's URI or a template that fits it.
/// </summary>
internal sealed class UriOwners
{
    private readonly Dictionary<string, Claim> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Place, UriClaims Claims)> _services = new(StringComparer.Ordinal);

    /// <summary>Works out the owners among services. Of two claims of the same time that of the service counts that was registered first, then that of the first name.</summary>
    public UriOwners(IReadOnlyCollection<ServiceSnapshot> services)
    {
        var claiming = services.Where(one => !one.Catalog.Claims.Since.IsEmpty || !one.Catalog.Resources.IsEmpty || !one.Catalog.ResourceTemplates.IsEmpty)
            .OrderBy(one => one.Registration.CreatedAt).ThenBy(one => one.Name, StringComparer.Ordinal);
        foreach (var service in claiming) Add(service.Name, ClaimsOf(service.Catalog));
    }

    /// <summary>The service that owns the place of a URI. Null: nobody does.</summary>
    public string? Of(string uri) => UriPlace.Of(uri) is { } place ? ClaimOn(uri, place)?.Service : null;

    /// <summary>True when what an entry claims belongs to another service.</summary>
    public bool IsAnothers(CatalogEntry entry, [NotNullWhen(true)] out string? owner)
    {
        owner = UriPlace.Of(entry.Name) is { } place && ClaimOn(entry.Name, place) is { } claim && claim.Service != entry.Service && claim.IsBefore(OwnOf(entry, place)) ? claim.Service : null;
        return owner is not null;
    }

    /// <summary>Whose entry comes first of two that have the same URI.</summary>
    public bool IsBefore(CatalogEntry one, CatalogEntry other) =>
        UriPlace.Of(one.Name) is { } place ? OwnOf(one, place).IsBefore(OwnOf(other, place)) : string.CompareOrdinal(one.Service, other.Service) < 0;

    // From the outermost to the innermost: what lies within a place belongs to another only if that one was there before.
    private Claim? ClaimOn(string uri, UriPlace place)
    {
        Claim? found = null;
        IEnumerable<string> within = place.IsShared ? SharedFolders.Around(uri).Reverse() : place.IsWholeScheme ? [place.Scheme] : [place.Scheme, place.Key];
        foreach (var key in within)
        {
            if (!_owners.TryGetValue(key, out var claim)) continue;
            if (found is not { } outer || claim.Service == outer.Service || claim.IsBefore(outer)) found = claim;
        }

        return found;
    }

    private Claim OwnOf(CatalogEntry entry, UriPlace place)
    {
        if (!_services.TryGetValue(entry.Service, out var own)) return new Claim(entry.Service, long.MaxValue, int.MaxValue);
        var folder = place.IsShared && entry.Kind == CatalogKind.ResourceTemplate ? SharedFolders.OfTemplate(entry.Name) : null;
        var isKnown = own.Claims.Since.TryGetValue(folder ?? place.Key, out var since) || (!place.IsShared && own.Claims.Since.TryGetValue(place.Scheme, out since));
        return new Claim(entry.Service, isKnown ? since : long.MaxValue, own.Place);
    }

    private void Add(string service, UriClaims claims)
    {
        var place = _services.Count;
        _services[service] = (place, claims);
        foreach (var (key, since) in claims.Since)
        {
            var claim = new Claim(service, since, place);
            if (!_owners.TryGetValue(key, out var earlier) || claim.IsBefore(earlier)) _owners[key] = claim;
        }
    }

    // Lists that come from before there were claims, or from nowhere, as in tests, have been claimed since ever.
    private static UriClaims ClaimsOf(ServiceCatalog catalog) =>
        catalog.Claims.Since.IsEmpty ? UriClaims.None.With(catalog.Resources.Concat(catalog.ResourceTemplates), 0) : catalog.Claims;

    private readonly record struct Claim(string Service, long Since, int Place)
    {
        public bool IsBefore(Claim other) => Since < other.Since || (Since == other.Since && Place < other.Place);
    }
}
