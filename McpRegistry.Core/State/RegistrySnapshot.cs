using System.Collections.Frozen;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Core.State;

/// <summary>One immutable view of everything. A call reads one of these and nothing else.</summary>
/// <param name="Version">Grows with each change.</param>
/// <param name="Services">The services by name.</param>
/// <param name="Catalog">The merged catalog of all of them.</param>
public sealed record RegistrySnapshot(long Version, FrozenDictionary<string, ServiceSnapshot> Services, CatalogSnapshot Catalog)
{
    /// <summary>Nothing registered yet.</summary>
    public static RegistrySnapshot Empty { get; } = new(0, FrozenDictionary<string, ServiceSnapshot>.Empty, CatalogSnapshot.Empty);
}
