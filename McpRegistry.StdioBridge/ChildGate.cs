namespace McpRegistry.StdioBridge;

/// <summary>
/// Holds requests while the server is being started or restarted, and then answers 503. Without it a client that comes too
/// early would shake hands with a server that seems to offer nothing, and a balancer would take a bridge for well whose
/// server keeps crashing.
/// </summary>
internal sealed class ChildGate(BridgedChild child)
{
    private const string Away =
        """{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"The server is not running now.","data":{"code":"no_healthy_instance","maybe_executed":false}}}""";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsForTheServer(context.Request) || child.IsUp || await child.IsUpSoonAsync(context.RequestAborted))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.RetryAfter = "1";
        await context.Response.WriteAsync(Away, context.RequestAborted);
    }

    private static bool IsForTheServer(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.Path.StartsWithSegments("/mcp");
}
