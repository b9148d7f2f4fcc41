namespace McpRegistry.SampleServer.Hosting;

/// <summary>
/// Refuses a modern request as the servers of 2025 do: HTTP 400 with their own generic code. The SDK's stateful mode
/// answers -32022, by which a client would know a modern server.
/// </summary>
internal sealed class NeverHeardOfModern(RequestDelegate next)
{
    private const int GenericServerError = -32000;

    public Task InvokeAsync(HttpContext context)
    {
        var version = context.Request.Headers["MCP-Protocol-Version"].ToString();
        if (!ProtocolVersions.IsModern(version))
            return next(context);

        var refusal = new
        {
            jsonrpc = "2.0",
            error = new { code = GenericServerError, message = $"Bad Request: Unsupported protocol version: {version}" },
            id = (string?)null,
        };
        return Results.Json(refusal, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
    }
}
