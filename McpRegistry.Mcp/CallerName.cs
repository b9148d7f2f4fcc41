using McpRegistry.Core.Cluster.Relaying;

using Microsoft.AspNetCore.Http.Features.Authentication;

namespace McpRegistry.Mcp;

/// <summary>Who sends a request.</summary>
internal static class CallerName
{
    /// <summary>The name of the principal, be it at the replica that passed the request on. Null: nobody had to sign in. <c>HttpContext.User</c> would make a principal for nobody with each request.</summary>
    public static string? Of(HttpContext http) => http.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity?.Name ?? http.Features.Get<RelayClaims>()?.Caller;
}
