using System.Collections.Frozen;

using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>The origins of web pages that may call and read the answers: <see cref="HttpHostOptions.AllowedOrigins"/>, each exact with scheme and port.</summary>
internal sealed class PageOrigins(IOptions<HttpHostOptions> options)
{
    private readonly FrozenSet<string> _listed = options.Value.AllowedOrigins.Select(one => Normalize(one)!).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public bool IsEmpty => _listed.Count == 0;

    /// <summary>True when this is the one Origin header of a page that is listed.</summary>
    public bool IsListed(StringValues origin) => _listed.Count > 0 && origin.Count == 1 && origin[0] is { } one && _listed.Contains(one);

    /// <summary>An origin as browsers send it: without a default port or a slash at its end. Null: it is none.</summary>
    public static string? Normalize(string? setting)
    {
        if (!Uri.TryCreate(setting, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)) return null;
        if (uri.UserInfo.Length > 0 || uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || setting.Contains('*')) return null;
        var host = uri.HostNameType == UriHostNameType.Dns ? uri.IdnHost : uri.Host;
        return uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
    }
}
