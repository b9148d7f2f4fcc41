using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp.OwnTools;
using McpRegistry.Mcp.Resources;

namespace McpRegistry.Mcp;

/// <summary>The requests that both eras have: lists, which the snapshot answers, and calls, which a service answers.</summary>
internal sealed class CatalogRequests(ListAnswers lists, CallForwarder forwarder, ResourceRoutes routes, OwnToolSet ownTools)
{
    private static readonly ReadOnlyMemory<byte> NoCompletions = "{\"completion\":{\"values\":[],\"total\":0,\"hasMore\":false}}"u8.ToArray();

    /// <summary>Answers the request. Null: it is none of these.</summary>
    public Task? TryAnswer(McpExchange exchange) => exchange.Message.Method switch
    {
        "tools/call" => CallToolAsync(exchange),
        "tools/list" => ListAsync(exchange, CatalogKind.Tool),
        "prompts/list" => ListAsync(exchange, CatalogKind.Prompt),
        "prompts/get" => GetPromptAsync(exchange),
        "resources/list" => ListAsync(exchange, CatalogKind.Resource),
        "resources/templates/list" => ListAsync(exchange, CatalogKind.ResourceTemplate),
        "resources/read" => ReadResourceAsync(exchange),
        "completion/complete" => CompleteAsync(exchange),
        _ => null,
    };

    private Task ListAsync(McpExchange exchange, CatalogKind kind) =>
        // All lists are single pages, so no cursor can be one of ours. Null and the empty one are how some clients ask for the first page.
        exchange.Message.Params.Member("cursor"u8).Span is [] or [(byte)'"', (byte)'"'] or [(byte)'n', ..]
            ? exchange.AnswerAsync(lists.Of(exchange.Scope, kind, exchange.Era))
            : exchange.FailAsync(McpErrors.Of(ErrorCode.InvalidArguments, "There is no such cursor."));

    private Task CallToolAsync(McpExchange exchange)
    {
        if (exchange.Target is not { } name) return exchange.FailAsync(McpErrors.InvalidParams("params.name must be a string."));
        if (exchange.Scope.Catalog.FindTool(name) is { } tool) return forwarder.CallToolAsync(exchange, tool, exchange.Params, isDirect: true);
        if (exchange.Scope.IsWhole && ownTools.Find(name) is { } own) return own.CallAsync(exchange);
        return exchange.FailAsync(McpErrors.Of(ErrorCode.UnknownTool, "There is no such tool."));
    }

    private Task GetPromptAsync(McpExchange exchange)
    {
        if (exchange.Target is not { } name) return exchange.FailAsync(McpErrors.InvalidParams("params.name must be a string."));
        return exchange.Scope.Catalog.FindPrompt(name) is { } prompt && CallForwarder.ServiceOf(exchange, prompt) is { } service
            ? forwarder.ReadAsync(exchange, service, prompt.Name, exchange.Params.WithName(RouteFacts.Of(prompt).EncodedName))
            : exchange.FailAsync(McpErrors.Of(ErrorCode.UnknownTool, "There is no such prompt."));
    }

    private Task ReadResourceAsync(McpExchange exchange)
    {
        if (exchange.Target is not { } uri) return exchange.FailAsync(McpErrors.InvalidParams("params.uri must be a string."));
        if (uri.Length > ResourceRoutes.LongestUri) return exchange.FailAsync(McpErrors.Of(ErrorCode.InvalidArguments, $"params.uri is longer than {ResourceRoutes.LongestUri} characters."));
        if (routes.Find(exchange.Scope, uri) is { } service) return forwarder.ReadAsync(exchange, service, uri, exchange.Params);
        var unknown = McpErrors.Of(ErrorCode.UnknownTool, "There is no such resource.");
        return exchange.FailAsync(exchange.Era == ProtocolEra.Legacy ? unknown with { Code = RpcError.ResourceNotFoundLegacy } : unknown);
    }

    private Task CompleteAsync(McpExchange exchange)
    {
        var entry = CompletionReference.Find(exchange.Scope.Catalog, exchange.Params);
        var service = entry is not null ? CallForwarder.ServiceOf(exchange, entry)
            : CompletionReference.UriOf(exchange.Params) is { } uri ? routes.Find(exchange.Scope, uri)
            : null;
        if (service is null) return exchange.FailAsync(McpErrors.Of(ErrorCode.UnknownTool, "There is no such prompt or resource."));
        return service.Catalog.HasCompletions
            ? forwarder.ReadAsync(exchange, service, null, CompletionReference.Rename(exchange.Params, entry))
            : exchange.AnswerOwnAsync(NoCompletions);
    }
}
