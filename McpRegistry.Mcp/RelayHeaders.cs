using System.Collections.Frozen;

namespace McpRegistry.Mcp;

/// <summary>Which headers go along with what is passed on: all but those that are about one connection.</summary>
internal static class RelayHeaders
{
    private static readonly FrozenSet<string> OfOneConnection = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        // Every server dates its answers itself.
        "Date",
        // The sender knows the length, and has the body whole.
        "Content-Length", "Expect",
        McpHeaders.Relay);

    /// <summary>Those of a request. Host stays: what this replica let in the other one lets in, whatever its own address is.</summary>
    public static List<KeyValuePair<string, string>> Of(HttpRequest request, string self)
    {
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count + 1) { new(McpHeaders.Relay, self) };
        var named = request.Headers.Connection.ToString();
        foreach (var (name, values) in request.Headers)
        {
            if (OfOneConnection.Contains(name) || IsNamed(name, named)) continue;
            foreach (var value in values) headers.Add(new(name, value ?? ""));
        }
        return headers;
    }

    /// <summary>Copies those of an answer. What this replica would say itself the other one has said.</summary>
    public static void Copy(HttpResponseMessage answer, HttpResponse response)
    {
        foreach (var header in answer.Headers.NonValidated)
            if (!OfOneConnection.Contains(header.Key)) response.Headers[header.Key] = header.Value.ToString();
        foreach (var header in answer.Content.Headers.NonValidated)
            response.Headers[header.Key] = header.Value.ToString();
    }

    private static bool IsNamed(string name, string connection) =>
        connection.Length > 0 && connection.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase);
}
