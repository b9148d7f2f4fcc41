using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>What clients of the stateless revision send: each request is complete in itself.</summary>
internal sealed class ModernRequests(CatalogRequests catalog, ServerIntroduction introduction, Subscriptions subscriptions, ClientWriter clients)
{
    public Task HandleAsync(HttpContext http, JsonRpcMessage message, McpScope scope)
    {
        switch (message.Kind)
        {
            case JsonRpcKind.Response:
                return McpErrors.RefuseAsync(http, StatusCodes.Status400BadRequest, new RpcError(RpcError.InvalidRequest, "Nobody asked."));
            case JsonRpcKind.Notification:
                http.Response.StatusCode = StatusCodes.Status202Accepted;
                return Task.CompletedTask;
        }

        // Hanging up is how this era cancels.
        var exchange = new McpExchange(http, message, scope, ProtocolEra.Modern, clients) { Cancelled = http.RequestAborted };
        if (HeaderChecks.CheckRequest(exchange) is { } error) return exchange.FailAsync(error);
        return catalog.TryAnswer(exchange) ?? message.Method switch
        {
            "server/discover" when RelayedRequest.IsTooEarly(scope) => TooEarlyAsync(http),
            "server/discover" => exchange.AnswerAsync(introduction.Discover(scope)),
            "subscriptions/listen" => subscriptions.ListenAsync(exchange),
            _ => exchange.FailAsync(McpErrors.UnknownMethod),
        };
    }

    // Without a body: an error would be an answer, and whoever answers counts as well.
    private static Task TooEarlyAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }
}
