namespace McpRegistry.Mcp;

/// <summary>Maps the MCP face, both eras on the same URL. Needs <see cref="McpServiceCollectionExtensions.AddMcpFace"/>.</summary>
public static class McpEndpoints
{
    private const string Root = "/mcp";

    /// <summary>Maps <c>/mcp</c> for everything and <c>/mcp/{service}</c> for one service.</summary>
    public static IEndpointConventionBuilder MapMcpFace(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Root).WithTags("MCP").ExcludeFromDescription();
        Map(group, "", _ => null);
        Map(group, "/{service}", http => (string)http.Request.RouteValues["service"]!);
        return group;
    }

    /// <summary>Maps <c>/mcp</c> for one service, as it is: original names, none of the registry's own tools.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="service">The service's name.</param>
    public static IEndpointConventionBuilder MapMcpFace(this IEndpointRouteBuilder routes, string service)
    {
        var group = routes.MapGroup(Root).WithTags("MCP").ExcludeFromDescription();
        Map(group, "", _ => service);
        return group;
    }

    private static void Map(RouteGroupBuilder group, string pattern, Func<HttpContext, string?> serviceOf)
    {
        var routes = (IEndpointRouteBuilder)group;
        var post = routes.ServiceProvider.GetRequiredService<PostHandler>();
        var sessions = routes.ServiceProvider.GetRequiredService<SessionEndpoints>();
        group.MapPost(pattern, http => post.HandleAsync(http, serviceOf(http)));
        group.MapGet(pattern, http => sessions.GetAsync(http, serviceOf(http)));
        group.MapDelete(pattern, http => sessions.DeleteAsync(http, serviceOf(http)));
    }
}
