using System.Text;
using System.Text.RegularExpressions;

namespace McpRegistry.Core.Catalog;

/// <summary>Tells whether a URI was made from a resource template (RFC 6570). Good enough to find the service; the service itself decides.</summary>
internal sealed class ResourceTemplateMatcher
{
    private readonly Regex _pattern;

    public ResourceTemplateMatcher(CatalogEntry entry)
    {
        Entry = entry;
        // Templates come from upstreams: no backtracking, whatever they write (CVE-2026-0621).
        _pattern = new Regex(PatternOf(entry.Name), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    public CatalogEntry Entry { get; }

    public bool Matches(string uri) => _pattern.IsMatch(uri);

    private static string PatternOf(string template)
    {
        var pattern = new StringBuilder(@"\A");
        var rest = template.AsSpan();
        while (!rest.IsEmpty)
        {
            var open = rest.IndexOf('{');
            var close = open < 0 ? -1 : rest[open..].IndexOf('}');
            if (close < 0)
            {
                pattern.Append(Regex.Escape(rest.ToString()));
                break;
            }

            pattern.Append(Regex.Escape(rest[..open].ToString()));
            var expression = rest[(open + 1)..(open + close)];
            // {+path} and {#path} may hold slashes, {?a,b} and {&a} start a query, all others stay within one segment.
            pattern.Append(expression.IsEmpty ? "" : expression[0] switch
            {
                '+' or '#' => ".+",
                '?' or '&' or ';' or '/' or '.' => ".*",
                _ => "[^/?#]+",
            });
            rest = rest[(open + close + 1)..];
        }
        return pattern.Append(@"\z").ToString();
    }
}
