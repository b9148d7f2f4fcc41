using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>
/// What a listed page may send and read (CORS), on the MCP face and on REST. Any other page gets no policy: its preflight and its
/// answers are what they would be without CORS.
/// </summary>
internal sealed class PagePolicy(PageOrigins origins) : ICorsPolicyProvider
{
    private const string ParameterPrefix = "mcp-param-";
    private const int MaxParameters = 64;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];

    private static readonly string[] Sent =
    [
        "content-type", "accept", "authorization", "mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "last-event-id",
        "traceparent", "tracestate", "x-timeout-ms", "x-requested-with",
    ];

    private static readonly string[] Read = ["Mcp-Session-Id", "MCP-Protocol-Version", "X-Mcp-Instance", "X-Mcp-Attempts", "X-Registry-Stale", "Retry-After", "Location", "WWW-Authenticate"];

    private readonly CorsPolicy _usual = Make(origins, Sent);

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        if (!origins.IsListed(context.Request.Headers.Origin) || !IsForPages(context.Request.Path)) return Task.FromResult<CorsPolicy?>(null);
        var parameters = ParametersOf(context.Request.Headers[HeaderNames.AccessControlRequestHeaders].ToString());
        return Task.FromResult<CorsPolicy?>(parameters.Length == 0 ? _usual : Make(origins, [.. Sent, .. parameters]));
    }

    private static bool IsForPages(PathString path) => path.StartsWithSegments("/mcp") || path.StartsWithSegments("/api");

    // CORS has no wildcard for the end of a name, so those that a tool's parameters have are named as they were asked for.
    private static string[] ParametersOf(string requested) => !requested.Contains(ParameterPrefix, StringComparison.OrdinalIgnoreCase) ? [] :
    [
        .. requested.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(one => one.StartsWith(ParameterPrefix, StringComparison.OrdinalIgnoreCase)).Take(MaxParameters),
    ];

    private static CorsPolicy Make(PageOrigins origins, string[] headers) => new CorsPolicyBuilder()
        .SetIsOriginAllowed(origin => origins.IsListed(origin))
        .WithMethods(Methods)
        .WithHeaders(headers)
        .WithExposedHeaders(Read)
        .SetPreflightMaxAge(TimeSpan.FromMinutes(10))
        .Build();
}
