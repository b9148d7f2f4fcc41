namespace McpRegistry.Mcp;

/// <summary>Maps the MCP face: <c>/mcp</c> for everything, <c>/mcp/{service}</c> for one service, both eras on the same URL.</summary>
public static class McpEndpoints
{
    /// <summary>Maps POST, GET and DELETE. Needs <see cref="McpServiceCollectionExtensions.AddMcpFace"/>.</summary>
    public static IEndpointConventionBuilder MapMcpFace(this IEndpointRouteBuilder routes)
    {
        var post = routes.ServiceProvider.GetRequiredService<PostHandler>();
        var sessions = routes.ServiceProvider.GetRequiredService<SessionEndpoints>();
        var group = routes.MapGroup("/mcp").WithTags("MCP").ExcludeFromDescription();
        group.MapPost("", http => post.HandleAsync(http, null));
        group.MapGet("", http => sessions.GetAsync(http, null));
        group.MapDelete("", http => sessions.DeleteAsync(http, null));
        group.MapPost("/{service}", http => post.HandleAsync(http, ServiceOf(http)));
        group.MapGet("/{service}", http => sessions.GetAsync(http, ServiceOf(http)));
        group.MapDelete("/{service}", http => sessions.DeleteAsync(http, ServiceOf(http)));
        return group;
    }

    private static string ServiceOf(HttpContext http) => (string)http.Request.RouteValues["service"]!;
}
