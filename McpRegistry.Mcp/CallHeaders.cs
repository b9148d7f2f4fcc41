using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>The <c>Mcp-Param-*</c> headers that go upstream with a call.</summary>
internal static class CallHeaders
{
    private static readonly JsonDocumentOptions AsDeepAsMessages = new() { MaxDepth = JsonRpcMessage.MaxDepth };

    /// <summary>Those of the client, or, where the client cannot have sent the right ones, made from the arguments.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="expected">The parameters the tool wants in headers.</param>
    /// <param name="parameters">The params that go upstream.</param>
    /// <param name="isDirect">True when the client called the tool itself, so that its headers belong to the tool.</param>
    /// <param name="error">What is wrong with the client's headers. Null: nothing.</param>
    public static List<KeyValuePair<string, string>>? Of(
        McpExchange exchange, ImmutableArray<HeaderParameter> expected, RequestParams parameters, bool isDirect, out RpcError? error)
    {
        error = null;
        var fromClient = isDirect && exchange.Era == ProtocolEra.Modern;
        if (expected.IsEmpty) return fromClient ? Sent(exchange.Http.Request.Headers) : null;

        using var arguments = JsonDocument.Parse(parameters.Member("arguments"u8) is { IsEmpty: false } given ? given : EnvelopeParts.EmptyObject, AsDeepAsMessages);
        if (!fromClient) return Made(expected, arguments.RootElement);
        error = HeaderChecks.CheckParameters(exchange.Http.Request.Headers, expected, arguments.RootElement);
        return error is null ? Sent(exchange.Http.Request.Headers) : null;
    }

    private static List<KeyValuePair<string, string>>? Sent(IHeaderDictionary headers)
    {
        List<KeyValuePair<string, string>>? sent = null;
        foreach (var (name, values) in headers)
        {
            if (!name.StartsWith(McpHeaders.ParameterPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (OneValue.OfLines(values) is { } copied)
            {
                (sent ??= []).Add(new(name, copied));
                continue;
            }

            foreach (var value in values)
                if (value is not null) (sent ??= []).Add(new(name, value));
        }
        return sent;
    }

    private static List<KeyValuePair<string, string>> Made(ImmutableArray<HeaderParameter> expected, JsonElement arguments)
    {
        var made = new List<KeyValuePair<string, string>>();
        foreach (var parameter in expected)
            if (parameter.ValueIn(arguments) is { } value) made.Add(new(parameter.Header, HeaderValue.Encode(value)));
        return made;
    }
}
