using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>
/// Where a document says that its operations are (<c>servers</c>), as far as that is at the address it was registered with:
/// calls never leave it, whatever a document says.
/// </summary>
internal sealed partial class ServerPaths(PlainAddress address)
{
    /// <summary>The path that the whole document's servers give. Null: none of them says more than the base URL.</summary>
    public string? OfDocument(JsonObject document) => TryFind(document, out var path) ? path : null;

    /// <summary>The path of one operation.</summary>
    /// <param name="owner">The operation or its path.</param>
    /// <param name="path">The path in place of the document's.</param>
    /// <returns>False: it names no servers of its own.</returns>
    /// <exception cref="NotSendableException">All its servers are elsewhere.</exception>
    public bool TryOwn(JsonObject owner, out string? path)
    {
        path = null;
        if (!owner.Items("servers").Any()) return false;
        return TryFind(owner, out path) ? true : throw new NotSendableException("its servers are at another address than the service");
    }

    private bool TryFind(JsonObject owner, out string? path)
    {
        foreach (var server in owner.Items("servers").OfType<JsonObject>().Take(MaxServers))
        {
            if (UrlOf(server) is { } url && TryPath(url, out path)) return true;
        }

        path = null;
        return false;
    }

    private bool TryPath(string url, out string? path)
    {
        path = null;
        if (url.Contains("://", StringComparison.Ordinal) || url.StartsWith("//", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(url.StartsWith('/') ? $"{address.Scheme}:{url}" : url, UriKind.Absolute, out var absolute) || !address.IsSameOrigin(absolute)) return false;
            path = absolute.AbsolutePath.TrimEnd('/');
            return true;
        }

        // Relative to what was registered. A service behind a prefix that it knows of names the prefix, too: once is enough.
        if (!Uri.TryCreate(new Uri("http://base/"), url, out var relative)) return false;
        var below = relative.AbsolutePath.TrimEnd('/');
        if (below.Length > 0 && !address.Path.EndsWith(below, StringComparison.Ordinal)) path = address.Path + below;
        return true;
    }

    private static string? UrlOf(JsonObject server)
    {
        if (server.ShortText("url") is not { Length: <= LongestUrl } url) return null;
        var variables = server.Object("variables");
        var isComplete = true;
        var filled = Variable().Replace(url, match =>
        {
            var value = variables.Object(match.Groups[1].Value).ShortText("default");
            isComplete &= value is { Length: <= LongestUrl };
            return isComplete ? value! : "";
        });
        return isComplete && filled.Length <= LongestUrl ? filled : null;
    }

    private const int MaxServers = 32;

    private const int LongestUrl = 2_048;

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Variable();
}
