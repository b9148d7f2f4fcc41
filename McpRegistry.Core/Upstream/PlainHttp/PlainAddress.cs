namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>The base URL of an instance, in the pieces that requests are put together of.</summary>
internal sealed class PlainAddress(Uri address)
{
    private readonly string _origin = address.GetLeftPart(UriPartial.Authority);

    public string Scheme => address.Scheme;

    /// <summary>Its path without the slash at the end.</summary>
    public string Path { get; } = address.AbsolutePath.TrimEnd('/');

    /// <summary>Its query without <c>?</c>. Empty: none.</summary>
    public string Query { get; } = address.Query.TrimStart('?');

    /// <summary>The names in its query: these are the operator's, no argument may give them.</summary>
    public IEnumerable<string> QueryNames =>
        Query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => Uri.UnescapeDataString(pair.Split('=')[0].Replace('+', ' ')));

    /// <summary>A URL below it, with its own query before the given one.</summary>
    /// <param name="basePath">The path in place of <see cref="Path"/>. Null: that one.</param>
    /// <param name="path">The path below; may hold a query.</param>
    /// <param name="query">A query without <c>?</c>; may be empty.</param>
    public string UrlOf(string? basePath, string path, string? query)
    {
        var url = $"{_origin}{basePath ?? Path}{(path.StartsWith('/') ? "" : "/")}{path}";
        if (Query.Length > 0) url += $"{Separator(url)}{Query}";
        return string.IsNullOrEmpty(query) ? url : $"{url}{Separator(url)}{query}";
    }

    /// <summary>True when a URL is of the same scheme, host and port; the names of this machine are one host.</summary>
    public bool IsSameOrigin(Uri other) =>
        other.Scheme == address.Scheme && other.Port == address.Port
        && (string.Equals(other.IdnHost, address.IdnHost, StringComparison.OrdinalIgnoreCase) || (other.IsLoopback && address.IsLoopback));

    private static char Separator(string url) => url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
}
