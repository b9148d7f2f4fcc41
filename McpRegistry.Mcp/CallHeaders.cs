using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Headers;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>The <c>Mcp-Param-*</c> headers that go upstream with a call: those that the tool declares, and no others.</summary>
internal static class CallHeaders
{
    private static readonly JsonDocumentOptions AsDeepAsMessages = new() { MaxDepth = JsonRpcMessage.MaxDepth };

    /// <summary>Those of the client, or, where the client cannot have sent the right ones, made from the arguments.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="parameters">The params that go upstream.</param>
    /// <param name="isDirect">True when the client called the tool itself, so that its headers belong to the tool.</param>
    /// <param name="error">What is wrong with the client's headers. Null: nothing.</param>
    public static IReadOnlyList<KeyValuePair<string, string>>? Of(McpExchange exchange, CatalogEntry tool, RequestParams parameters, bool isDirect, out RpcError? error)
    {
        error = null;
        if (tool.HeaderParameters.IsEmpty) return null;
        var arguments = parameters.Member("arguments"u8);
        if (!isDirect || exchange.Era != ProtocolEra.Modern) return ToolHeaders.Of(tool, arguments);

        using var document = JsonDocument.Parse(arguments.IsEmpty ? EnvelopeParts.EmptyObject : arguments, AsDeepAsMessages);
        error = HeaderChecks.CheckParameters(exchange.Http.Request.Headers, tool.HeaderParameters, document.RootElement);
        return error is null ? Sent(exchange.Http.Request.Headers, tool.HeaderParameters) : null;
    }

    private static List<KeyValuePair<string, string>> Sent(IHeaderDictionary headers, ImmutableArray<HeaderParameter> declared)
    {
        var sent = new List<KeyValuePair<string, string>>(declared.Length);
        foreach (var parameter in declared)
            if (OneValue.OfLines(headers[parameter.Header]) is { } value) sent.Add(new(parameter.Header, value));
        return sent;
    }
}
