namespace McpRegistry.Mcp.Relay;

/// <summary>Path and query of a request as both replicas write them, whatever was escaped on the way.</summary>
internal static class RelayTarget
{
    private static readonly Uri Anywhere = new("http://replica");

    public static string Of(HttpRequest request) => On(Anywhere, request).PathAndQuery;

    /// <summary>The same at another replica.</summary>
    public static Uri On(Uri replica, HttpRequest request) =>
        new(replica, request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
}
