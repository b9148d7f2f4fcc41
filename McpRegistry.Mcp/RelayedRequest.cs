using McpRegistry.Core.Catalog;
using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.State;

namespace McpRegistry.Mcp;

/// <summary>A request that another replica sent here because the children of its service run here.</summary>
internal static class RelayedRequest
{
    public static bool Is(HttpContext http) => http.Features.Get<RelayClaims>() is { Kind: RelayKind.Owner };

    /// <summary>True when there are no children of the service here: the sender is to look again who has them.</summary>
    public static bool IsMisdirected(HttpContext http, string? serviceName, RegistrySnapshot snapshot) =>
        Is(http) && !(serviceName is not null && snapshot.Services.TryGetValue(serviceName, out var service) && service.Instances.Any(IsChild));

    /// <summary>True when the sender asks who the service is and that cannot be told yet: its child is still starting, or is away.</summary>
    public static bool IsTooEarly(HttpContext http, ServiceSnapshot? service) =>
        Is(http) && (service is null || service.Catalog.Unread.Contains(CatalogKind.Tool) || !service.Instances.Any(one => IsChild(one) && one.IsAvailable));

    /// <summary>False when another replica vouched for another body than this.</summary>
    public static bool IsWhole(HttpContext http, ReadOnlySpan<byte> body) => http.Features.Get<RelayClaims>() is not { } claims || claims.Covers(body);

    private static bool IsChild(InstanceState instance) => instance.Address is null;
}
