using System.Collections.Frozen;
using System.Net;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>
/// Keeps web pages out: a page that rebinds its DNS name to 127.0.0.1 sends a foreign Host; whatever a page sends to another origin,
/// be it a form or a POST without a body, carries its Origin, and what it asks for carries Sec-Fetch-Site. So nothing is asked of
/// programs that send neither. Stands before everything on every request, so it compares a few strings and allocates nothing.
/// </summary>
internal sealed class LocalhostGuard(IOptions<HttpHostOptions> options, PageOrigins origins)
{
    private static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _allowedHosts =
        options.Value.AllowedHosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly bool _isTrustedNetwork = options.Value.TrustedNetwork;
    private readonly bool _isAnyHostAllowed = options.Value.TrustedNetwork && options.Value.AllowedHosts.Contains(HttpHostOptions.AnyHost);

    // The last name that nobody else can take: most requests have the same.
    private string? _ownName;

    private enum HostStanding
    {
        Foreign,

        /// <summary>One that nobody else can take: loopback, listed, or the address itself.</summary>
        Own,

        /// <summary>Let in because any name is. Whoever owns it may have rebound it.</summary>
        Any,
    }

    /// <summary>Lets through what may call.</summary>
    /// <param name="next">What follows for programs.</param>
    /// <param name="pages">What follows for pages, which need a word of CORS.</param>
    /// <param name="refuse">Answers 403 with this sentence, on any path but <c>/mcp</c>. Null: a plain text does.</param>
    public RequestDelegate Wrap(RequestDelegate next, RequestDelegate pages, Func<HttpContext, string, Task>? refuse) => context =>
    {
        var headers = context.Request.Headers;
        var host = StandingOf(headers.Host, context.Connection);
        if (host == HostStanding.Foreign) return RefuseAsync(context, "The Host header names another site.", refuse);
        var origin = headers.Origin;
        // A page that is listed is of another site nearly always, and browsers say so.
        if (origin.Count != 0 && origins.IsListed(origin)) return pages(context);
        if (origin.Count != 0 && !(host == HostStanding.Own && IsSameOrigin(origin, headers.Host[0])))
            return RefuseAsync(context, "Pages of this origin may not call.", refuse);
        if (host == HostStanding.Any && IsOfBrowser(headers)) return RefuseAsync(context, "Browsers may call by a listed name only.", refuse);
        if (IsSentByForeignPage(context.Request)) return RefuseAsync(context, "Pages of other sites may not call.", refuse);
        return origin.Count == 0 ? next(context) : pages(context);
    };

    private HostStanding StandingOf(StringValues header, ConnectionInfo connection)
    {
        if (header.Count != 1 || header[0] is not { } name) return HostStanding.Foreign;
        if (string.Equals(name, Volatile.Read(ref _ownName), StringComparison.Ordinal)) return HostStanding.Own;
        var authority = name.AsSpan();
        // The colons inside [::1] are no port.
        var colon = authority.LastIndexOf(':');
        var host = colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
        if (host.IsEmpty || (host.Length != authority.Length && !IsPort(authority[(colon + 1)..]))) return HostStanding.Foreign;
        if (IsLoopback(host) || _allowedHosts.Contains(host))
        {
            Volatile.Write(ref _ownName, name);
            return HostStanding.Own;
        }

        // An address is a request's own by the connection it came over.
        if (_isTrustedNetwork && IsOwnAddress(host, connection)) return HostStanding.Own;
        return _isAnyHostAllowed ? HostStanding.Any : HostStanding.Foreign;
    }

    // An orchestrator's probes address a container by its IP address. A page that rebinds a name sends that name, never an address.
    private static bool IsOwnAddress(ReadOnlySpan<char> host, ConnectionInfo connection)
    {
        if (connection.LocalIpAddress is not { } local || !IPAddress.TryParse(host.Trim("[]"), out var named)) return false;
        return named.Equals(local) || (local.IsIPv4MappedToIPv6 && named.Equals(local.MapToIPv4()));
    }

    // Our own pages, such as the docs: what serves a page at this very name and port is this process, or a proxy that speaks for it.
    private static bool IsSameOrigin(StringValues header, ReadOnlySpan<char> host)
    {
        if (header.Count != 1 || header[0] is not { } origin) return false;
        var authority = origin.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? origin.AsSpan("http://".Length)
            : origin.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? origin.AsSpan("https://".Length)
            : default;
        return !authority.IsEmpty && authority.Equals(host, StringComparison.OrdinalIgnoreCase);
    }

    // To a name without TLS browsers say nothing of the sender, but they always say their language. Programs do not, but for those that
    // imitate a browser and then send Sec-Fetch-Mode (Node), which no page can do.
    private static bool IsOfBrowser(IHeaderDictionary headers)
    {
        var site = headers["Sec-Fetch-Site"];
        if (site.Count != 0) return site is not ["none"];
        return headers.AcceptLanguage.Count != 0 && headers["Sec-Fetch-Mode"].Count == 0;
    }

    // Following a link to the docs page is not a page calling us: nobody but the reader sees the answer.
    private static bool IsSentByForeignPage(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        // Of the same site are also the pages on all other ports of this machine.
        if (site.Count == 0 || site is ["none"] or ["same-origin"]) return false;
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
