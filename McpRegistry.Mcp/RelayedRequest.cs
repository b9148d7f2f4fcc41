using McpRegistry.Core.Catalog;
using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.State;

namespace McpRegistry.Mcp;

/// <summary>
/// A request that another replica sent here because the children of its service run here. Who handles a request asks for the claims once:
/// finding them among the features of a request costs more than most steps of a call.
/// </summary>
internal static class RelayedRequest
{
    /// <summary>What the replica vouched for. Null: no replica sent it.</summary>
    public static RelayClaims? ClaimsOf(HttpContext http) => http.Features.Get<RelayClaims>();

    public static bool Is(RelayClaims? claims) => claims is { Kind: RelayKind.Owner };

    /// <summary>True when there are no children of the service here: the sender is to look again who has them.</summary>
    public static bool IsMisdirected(RelayClaims? claims, string? serviceName, RegistrySnapshot snapshot) =>
        Is(claims) && !(serviceName is not null && snapshot.Services.TryGetValue(serviceName, out var service) && service.Instances.Any(IsChild));

    /// <summary>True when the sender asks who the service is and that cannot be told yet: its child is still starting, or is away.</summary>
    public static bool IsTooEarly(McpScope scope) =>
        scope.IsRelayed && (scope.Service is not { } service || service.Catalog.Unread.Contains(CatalogKind.Tool) || !service.Instances.Any(one => IsChild(one) && one.IsAvailable));

    /// <summary>False when another replica vouched for another body than this.</summary>
    public static bool IsWhole(RelayClaims? claims, ReadOnlySpan<byte> body) => claims is null || claims.Covers(body);

    private static bool IsChild(InstanceState instance) => instance.Address is null;
}
