namespace McpRegistry.Mcp;

/// <summary>What a client takes as an answer. Without the header it takes anything, as HTTP says.</summary>
internal static class AcceptHeader
{
    // What the SDKs send, so that the usual request costs one comparison.
    private const string Usual = "application/json, text/event-stream";

    public static bool AllowsJson(HttpRequest request) => Allows(request, "application/json", "application/*");

    public static bool AllowsEvents(HttpRequest request) => Allows(request, "text/event-stream", "text/*");

    private static bool Allows(HttpRequest request, string type, string range)
    {
        var accept = request.Headers.Accept;
        if (accept.Count == 0) return true;
        foreach (var value in accept)
        {
            if (value is null) continue;
            if (value == Usual || value.Contains("*/*", StringComparison.Ordinal)) return true;
            if (value.Contains(type, StringComparison.OrdinalIgnoreCase) || value.Contains(range, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
