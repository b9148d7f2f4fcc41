namespace McpRegistry.Core.Catalog.Ownership;

/// <summary>
/// The folders of the schemes that everybody uses (<c>https://bank.example/accounts/</c>, <c>file:///srv/notes/</c>). A template claims
/// the folder that it fills; the root of all files or of a host nobody can claim so.
/// </summary>
internal static class SharedFolders
{
    // Paths that are deeper are compared no further down.
    private const int MostLevels = 32;

    /// <summary>The folder that a template claims. Null: none, or that of everybody.</summary>
    public static string? OfTemplate(string template)
    {
        template = UriSpelling.Of(template);
        var open = template.IndexOf('{');
        var literal = open < 0 ? template : template[..open];
        var end = literal.LastIndexOf('/');
        var root = RootOf(literal);
        return root < 0 || end <= root ? null : Normal(literal[..(end + 1)], root);
    }

    /// <summary>The folders that a URI or the beginning of a template lies in, the innermost first.</summary>
    public static IEnumerable<string> Around(string uri)
    {
        uri = UriSpelling.Of(uri);
        var open = uri.IndexOf('{');
        var literal = open < 0 ? uri : uri[..open];
        var root = RootOf(literal);
        if (root < 0) yield break;
        var path = literal.IndexOfAny(['?', '#']) is >= 0 and var tail ? literal[..tail] : literal;
        var ends = new List<int>();
        for (var at = path.IndexOf('/', root + 1 > path.Length ? path.Length : root + 1); at >= 0 && ends.Count < MostLevels; at = path.IndexOf('/', at + 1)) ends.Add(at);
        for (var i = ends.Count - 1; i >= 0; i--) yield return Normal(path[..(ends[i] + 1)], root);
    }

    // Where the path begins. Negative: it has none that anybody could own.
    private static int RootOf(string literal)
    {
        var slashes = literal.IndexOf("://", StringComparison.Ordinal);
        return slashes < 0 ? -1 : literal.IndexOf('/', slashes + 3);
    }

    private static string Normal(string folder, int root) => folder[..root].ToLowerInvariant() + folder[root..];
}
