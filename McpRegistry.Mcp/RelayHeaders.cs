using System.Collections.Frozen;
using System.Diagnostics;

using McpRegistry.Core.Cluster.Relaying;

namespace McpRegistry.Mcp;

/// <summary>
/// Which headers go along with what is passed on. Of a request those that the other replica reads, and no others: what a client sends to
/// sign in, its cookies and what proxies said of it stay here. Of an answer all but those that are about one connection.
/// </summary>
internal static class RelayHeaders
{
    // Host stays: what this replica let in the other one lets in, whatever its own address is.
    private static readonly FrozenSet<string> OfRequests = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept", "Content-Type", "Host", "traceparent", "tracestate", McpHeaders.SessionId, McpHeaders.ProtocolVersion, McpHeaders.Method, McpHeaders.Name);

    private static readonly FrozenSet<string> OfOneConnection = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        // Every server dates its answers itself.
        "Date", RelaySeal.Header);

    /// <summary>Those of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mark">Says to the other replica who passed it on.</param>
    public static List<KeyValuePair<string, string>> Of(HttpRequest request, string mark)
    {
        var headers = new List<KeyValuePair<string, string>>(OfRequests.Count + 1) { new(RelaySeal.Header, mark) };
        // The other replica goes on where this one is; what the client sent is the parent of that.
        var trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } span ? span : null;
        foreach (var (name, values) in request.Headers)
        {
            if (trace is not null && name.StartsWith("trace", StringComparison.OrdinalIgnoreCase)) continue;
            if (!OfRequests.Contains(name) && !name.StartsWith(McpHeaders.ParameterPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            foreach (var value in values) headers.Add(new(name, value ?? ""));
        }
        if (trace?.Id is { } parent) headers.Add(new("traceparent", parent));
        if (trace?.TraceStateString is { Length: > 0 } state) headers.Add(new("tracestate", state));
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
}
