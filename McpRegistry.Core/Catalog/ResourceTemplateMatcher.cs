using System.Text;
using System.Text.RegularExpressions;

namespace McpRegistry.Core.Catalog;

/// <summary>
/// Tells whether a URI was made from a resource template (RFC 6570, levels 1 to 3, and <c>*</c> of level 4). Good enough to find the
/// service; the service itself decides. A template that cannot be understood stands for what begins as it does.
/// </summary>
internal sealed class ResourceTemplateMatcher
{
    /// <summary>The longest URI that is compared, in characters.</summary>
    public const int LongestUri = 8_192;

    private const int LongestTemplate = 2_048;

    private readonly string _start;
    private Regex? _pattern;
    private bool _isOnlyStart;

    public ResourceTemplateMatcher(CatalogEntry entry)
    {
        Entry = entry;
        var open = entry.Name.IndexOf('{');
        _start = open < 0 ? entry.Name : entry.Name[..open];
    }

    public CatalogEntry Entry { get; }

    // What a template begins with rules out most of them; a pattern is only made where it does not.
    public bool Matches(string uri) =>
        uri.Length <= LongestUri && uri.StartsWith(_start, StringComparison.Ordinal) && (Pattern() is { } pattern ? pattern.IsMatch(uri) : _start.Contains(':'));

    private Regex? Pattern()
    {
        if (_pattern is not null || _isOnlyStart) return _pattern;
        try
        {
            if (PatternOf(Entry.Name) is { } pattern)
            {
                // Templates come from upstreams: no backtracking, whatever they write (CVE-2026-0621).
                return _pattern = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
        }
        catch (NotSupportedException)
        {
            // Too large for an engine without backtracking.
        }
        _isOnlyStart = true;
        return null;
    }

    // Null: it is no template.
    private static string? PatternOf(string template)
    {
        if (template.Length > LongestTemplate) return null;
        var pattern = new StringBuilder(@"\A");
        var rest = template.AsSpan();
        while (true)
        {
            var brace = rest.IndexOfAny('{', '}');
            pattern.Append(Regex.Escape((brace < 0 ? rest : rest[..brace]).ToString()));
            if (brace < 0) return pattern.Append(@"\z").ToString();
            var close = rest[brace..].IndexOf('}');
            if (rest[brace] == '}' || close < 2 || PatternOfExpression(rest[(brace + 1)..(brace + close)]) is not { } expression) return null;
            pattern.Append(expression);
            rest = rest[(brace + close + 1)..];
        }
    }

    // All values may be empty (RFC 6570, 3.2.2), and undefined ones leave nothing, the operator included.
    private static string? PatternOfExpression(ReadOnlySpan<char> expression) => expression[0] switch
    {
        '+' => ".*",
        '#' => "(#.*)?",
        '.' => @"(\.[^/?#]*)?",
        '/' => expression.Contains('*') || expression.Contains(',') ? "(/[^?#]*)?" : "(/[^/?#]*)?",
        ';' => "(;[^/?#]*)?",
        '?' => @"(\?[^#]*)?",
        '&' => "(&[^#]*)?",
        // Reserved for what nobody has defined.
        '=' or ',' or '!' or '@' or '|' or '{' => null,
        // {path*} is what FastMCP's servers write for the rest of a path, slashes included.
        _ => expression.Contains('*') ? "[^?#]*" : "[^/?#]*",
    };
}
