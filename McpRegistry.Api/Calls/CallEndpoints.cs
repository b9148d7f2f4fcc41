using System.Text.Json.Nodes;

using McpRegistry.Api.Docs;

namespace McpRegistry.Api.Calls;

internal static class CallEndpoints
{
    public static void MapCalls(this IEndpointRouteBuilder api)
    {
        var handler = api.ServiceProvider.GetRequiredService<CallHandler>();
        api.MapRaw("/services/{name}/call", handler.CallAsync).WithTags("Calls").WithName("call_tool").WithSummary("Call a tool of a service")
            .WithDescription("The answer is the tool's result as its service sent it (an MCP CallToolResult, also when isError is true). A call that is lost on its way is sent again only where that cannot do harm; retry \"safe\" vouches for this call. X-Timeout-Ms or timeout_ms shortens the wait.")
            .WithRequest<CallModel>(Examples.Call).WithResult<CallResultModel>(Examples.CallResult)
            .ProducesProblems(400, 404, 413, 415, 502, 503, 504);
        api.MapRaw("/services/{name}/tools/{tool}", handler.CallToolAsync).WithTags("Calls").WithName("call_named_tool").WithSummary("Call a tool; the body is its arguments")
            .WithRequest<JsonObject>(Examples.Arguments).WithResult<CallResultModel>(Examples.CallResult)
            .ProducesProblems(400, 404, 413, 415, 502, 503, 504);
    }

    // Without the method's info the route would be missing from the OpenAPI document; with a bound handler it would be slower.
    private static RouteHandlerBuilder MapRaw(this IEndpointRouteBuilder api, string pattern, RequestDelegate handler) =>
        new([api.MapPost(pattern, handler).WithMetadata(handler.Method)]);
}
