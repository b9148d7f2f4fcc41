namespace McpRegistry.Core.Catalog.Ownership;

/// <summary>Where a resource URI or a template of URIs lies, as far as somebody can own that place.</summary>
/// <param name="Key">
/// The place that listing it claims. Of a service's own scheme that is scheme and authority (<c>bank://accounts</c>), or the whole scheme
/// (<c>bank:</c>) where the authority is left open. Of the schemes that everybody uses it is scheme and authority as well, and there it
/// says no more than who came first.
/// </param>
/// <param name="Scheme">The whole scheme (<c>bank:</c>).</param>
/// <param name="IsShared">True for the schemes that everybody uses.</param>
internal readonly record struct UriPlace(string Key, string Scheme, bool IsShared)
{
    // "ui" is what MCP Apps call the pages of any server.
    private static readonly HashSet<string> Shared = new(StringComparer.Ordinal) { "file:", "http:", "https:", "ui:" };

    /// <summary>True when all of a service's own scheme is claimed.</summary>
    public bool IsWholeScheme => Key.Length == Scheme.Length;

    /// <summary>The place. Null: it has no scheme, or leaves that open, and can be claimed by nobody.</summary>
    public static UriPlace? Of(string uri)
    {
        uri = UriSpelling.Of(uri);
        var colon = uri.IndexOf(':');
        if (colon <= 0 || !IsScheme(uri.AsSpan(0, colon))) return null;
        // Schemes and authorities are the same in upper and lower case (RFC 3986, 3.1 and 3.2.2).
        var scheme = uri[..(colon + 1)].ToLowerInvariant();
        var rest = uri.AsSpan(colon + 1);
        if (!rest.StartsWith("//"))
        {
            // Of "urn:isbn:…" the name space is what an authority is elsewhere.
            var end = scheme == "urn:" ? rest.IndexOf(':') : -1;
            return new UriPlace(end > 0 && rest[..end].IndexOf('{') < 0 ? scheme + rest[..end].ToString().ToLowerInvariant() : scheme, scheme, Shared.Contains(scheme));
        }

        var stop = rest[2..].IndexOfAny("/?#{");
        var isOpen = stop >= 0 && rest[2 + stop] == '{' && !IsBehindAuthority(rest[(2 + stop)..]);
        var authority = stop < 0 ? rest[2..] : rest[2..(2 + stop)];
        return new UriPlace(isOpen ? scheme : $"{scheme}//{authority.ToString().ToLowerInvariant()}", scheme, Shared.Contains(scheme));
    }

    // {/x}, {?x} and {#x} begin with what ends an authority.
    private static bool IsBehindAuthority(ReadOnlySpan<char> expression) => expression is ['{', '/' or '?' or '#', ..];

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiLetter(text[0])) return false;
        foreach (var character in text)
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '-' or '.')) return false;
        return true;
    }
}
