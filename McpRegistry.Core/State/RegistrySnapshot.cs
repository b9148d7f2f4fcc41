using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Limits;

namespace McpRegistry.Core.State;

/// <summary>One immutable view of everything. A call reads one of these and nothing else.</summary>
public sealed class RegistrySnapshot
{
    private readonly Lazy<CatalogSnapshot> _catalog;
    private readonly long _mostBytes;

    private RegistrySnapshot(long version, ImmutableDictionary<string, ServiceSnapshot> services, Lazy<CatalogSnapshot> catalog, long mostBytes)
    {
        Version = version;
        Services = services;
        _catalog = catalog;
        _mostBytes = mostBytes;
    }

    /// <summary>Nothing registered yet.</summary>
    public static RegistrySnapshot Empty { get; } = Begin(CatalogOptions.DefaultMergedBytes);

    // Compared by reference: by content the view of a service that offers nothing would be that of one whose lists were never read.
    private static ImmutableDictionary<string, ServiceSnapshot> NoServices => ImmutableDictionary.Create<string, ServiceSnapshot>(StringComparer.Ordinal, ReferenceEqualityComparer.Instance);

    /// <summary>Grows with each change.</summary>
    public long Version { get; }

    /// <summary>The services by name. Not frozen: with a thousand services, making the whole anew for each change would cost more than all lookups.</summary>
    public ImmutableDictionary<string, ServiceSnapshot> Services { get; }

    /// <summary>The merged catalog of all of them; merged when it is first asked for, since a thousand services coming up make a thousand snapshots that nobody reads.</summary>
    public CatalogSnapshot Catalog => _catalog.Value;

    /// <summary>Nothing registered yet.</summary>
    /// <param name="mostBytes">How large each merged list may become.</param>
    internal static RegistrySnapshot Begin(long mostBytes) => new(0, NoServices, new Lazy<CatalogSnapshot>(CatalogSnapshot.Empty), mostBytes);

    /// <summary>The next view.</summary>
    /// <param name="services">Its services.</param>
    /// <param name="change">What of the change the catalog shows.</param>
    internal RegistrySnapshot Next(ImmutableDictionary<string, ServiceSnapshot> services, CatalogChange change) =>
        new(Version + 1, services, change == CatalogChange.None ? _catalog : NextCatalog(services, change), _mostBytes);

    private Lazy<CatalogSnapshot> NextCatalog(ImmutableDictionary<string, ServiceSnapshot> services, CatalogChange change)
    {
        // One that nobody has asked for yet must not be kept by those that follow.
        var known = change == CatalogChange.Standing && _catalog.IsValueCreated ? _catalog.Value : null;
        var most = _mostBytes;
        return new Lazy<CatalogSnapshot>(() => known is null ? CatalogSnapshot.Merge(services.Values, most) : known.WithStanding(services.Values));
    }
}
