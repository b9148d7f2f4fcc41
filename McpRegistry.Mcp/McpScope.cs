using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

namespace McpRegistry.Mcp;

/// <summary>What one URL shows, as it was when a request came: everything (<c>/mcp</c>) or one service (<c>/mcp/{service}</c>).</summary>
/// <param name="Snapshot">The registry.</param>
/// <param name="Service">The one service. Null: all.</param>
/// <param name="IsRelayed">True when another replica sent the request because the children of the service run here.</param>
internal readonly record struct McpScope(RegistrySnapshot Snapshot, ServiceSnapshot? Service, bool IsRelayed = false)
{
    /// <summary>True for <c>/mcp</c>, which also has the registry's own tools.</summary>
    public bool IsWhole => Service is null;

    public CatalogSnapshot Catalog => Service is null ? Snapshot.Catalog : Service.Catalog.OwnView;

    /// <summary>The services shown that may get no calls now or of which something is missing.</summary>
    public ImmutableArray<string> Degraded =>
        Service is null ? Snapshot.Catalog.Degraded : Service.Condition == ServiceCondition.Ready ? [] : [Service.Name];

    /// <summary>The services shown.</summary>
    public IEnumerable<ServiceSnapshot> Services =>
        Service is not null ? [Service] : Snapshot.Services.Values.OrderBy(one => one.Name, StringComparer.Ordinal);
}
