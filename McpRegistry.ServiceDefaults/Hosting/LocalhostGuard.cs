using System.Collections.Frozen;
using System.Net;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>
/// Keeps web pages out: a page that rebinds its DNS name to 127.0.0.1 sends a foreign Host, a page that posts here sends
/// its own Origin. Stands before everything on every request, so it compares a few strings and allocates nothing.
/// </summary>
internal sealed class LocalhostGuard(IOptions<HttpHostOptions> options, PageOrigins pages)
{
    private static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _allowedHosts =
        options.Value.AllowedHosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly bool _isTrustedNetwork = options.Value.TrustedNetwork;
    private readonly bool _isAnyHostAllowed = options.Value.TrustedNetwork && options.Value.AllowedHosts.Contains(HttpHostOptions.AnyHost);

    public RequestDelegate Wrap(RequestDelegate next, Func<HttpContext, string, Task>? refuse) => context =>
    {
        var headers = context.Request.Headers;
        if (!IsOwnHost(headers.Host, context.Connection)) return RefuseAsync(context, "The Host header names another site.", refuse);
        if (headers.Origin.Count != 0)
        {
            // A page that is listed is of another site nearly always, and browsers say so.
            if (pages.IsListed(headers.Origin)) return next(context);
            if (!IsOwnOrigin(headers.Origin)) return RefuseAsync(context, "Pages of this origin may not call.", refuse);
        }
        return IsSentByForeignPage(context.Request) ? RefuseAsync(context, "Pages of other sites may not call.", refuse) : next(context);
    };

    private bool IsOwnHost(StringValues header, ConnectionInfo connection)
    {
        if (header.Count != 1 || header[0] is not { } host) return false;
        return IsOwnHost(host.AsSpan(), connection);
    }

    private bool IsOwnHost(ReadOnlySpan<char> authority, ConnectionInfo connection)
    {
        // The colons inside [::1] are no port.
        var colon = authority.LastIndexOf(':');
        var host = colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
        if (host.Length != authority.Length && !IsPort(authority[(colon + 1)..])) return false;
        return IsLoopback(host) || _allowedHosts.Contains(host) || (_isAnyHostAllowed && !host.IsEmpty) || (_isTrustedNetwork && IsOwnAddress(host, connection));
    }

    // An orchestrator's probes address a container by its IP address. A page that rebinds a name sends that name, never an address.
    private static bool IsOwnAddress(ReadOnlySpan<char> host, ConnectionInfo connection)
    {
        if (connection.LocalIpAddress is not { } local || !IPAddress.TryParse(host.Trim("[]"), out var named)) return false;
        return named.Equals(local) || (local.IsIPv4MappedToIPv6 && named.Equals(local.MapToIPv4()));
    }

    private static bool IsOwnOrigin(StringValues header)
    {
        if (header.Count != 1 || header[0] is not { } origin) return false;
        var authority = origin.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? origin.AsSpan("http://".Length)
            : origin.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? origin.AsSpan("https://".Length)
            : default;
        if (authority.IsEmpty) return false;
        var colon = authority.LastIndexOf(':');
        var host = colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
        return IsLoopback(host) && (host.Length == authority.Length || IsPort(authority[(colon + 1)..]));
    }

    // Following a link to the docs page is not a page calling us: nobody but the reader sees the answer.
    private static bool IsSentByForeignPage(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count == 0 || site is not ["cross-site"]) return site.Count > 1;
        var isFollowedLink = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] is ["navigate"] && request.Headers["Sec-Fetch-Dest"] is ["document"];
        return !isFollowedLink;
    }

    private static bool IsLoopback(ReadOnlySpan<char> host)
    {
        foreach (var one in LoopbackHosts)
            if (host.Equals(one, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9');

    // The body is not read: a page could send a large one only to keep us busy.
    private static Task RefuseAsync(HttpContext context, string detail, Func<HttpContext, string, Task>? refuse)
    {
        var isMcp = context.Request.Path.StartsWithSegments("/mcp");
        if (!isMcp && refuse is not null) return refuse(context, detail);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = isMcp ? "application/json" : "text/plain";
        return context.Response.WriteAsync(isMcp ? $$$"""{"jsonrpc":"2.0","error":{"code":-32600,"message":"{{{detail}}}"}}""" : detail);
    }
}
