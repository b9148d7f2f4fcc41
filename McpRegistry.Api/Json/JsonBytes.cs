using McpRegistry.Mcp.Clients;

namespace McpRegistry.Api.Json;

/// <summary>Answers with JSON that is written already; megabytes of it are not copied for each request.</summary>
/// <param name="body">The JSON, UTF-8.</param>
/// <param name="status">The HTTP status.</param>
internal sealed class JsonBytes(ReadOnlyMemory<byte> body, int status = StatusCodes.Status200OK) : IResult
{
    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.RequestServices.GetRequiredService<ClientWriter>().WriteAsync(context.Response, body);
    }
}
