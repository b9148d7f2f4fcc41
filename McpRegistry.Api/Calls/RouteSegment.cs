using Microsoft.AspNetCore.Http.Features;

namespace McpRegistry.Api.Calls;

/// <summary>The last segment of a request's path as its sender meant it.</summary>
internal static class RouteSegment
{
    /// <summary>
    /// Decodes it. Routing decodes everything but <c>%2F</c>, which could be taken for a separator; a slash and the three
    /// characters <c>%2F</c> (sent as <c>%252F</c>) look alike in a route value, so the request line itself is asked.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="routed">The segment's route value.</param>
    public static string Decode(HttpContext context, string routed)
    {
        if (!routed.Contains('%', StringComparison.Ordinal)) return routed;
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        if (path.IndexOf('?') is >= 0 and var query) path = path[..query];
        path = path.TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..].ToString());
    }
}
