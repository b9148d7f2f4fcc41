using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Catalog.Headers;
using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>Whether the headers of a modern request say what its body says, so that whoever routes by headers cannot be deceived.</summary>
internal static class HeaderChecks
{
    /// <summary>Checks the standard headers and the required keys of <c>_meta</c>. Null: all is well.</summary>
    public static RpcError? CheckRequest(McpExchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var parameters = exchange.Message.Params;
        var version = parameters.MetaString(MetaKeys.ProtocolVersion);
        if (version is null) return McpErrors.InvalidParams("_meta must name io.modelcontextprotocol/protocolVersion.");
        if (OneValue.Of(headers[McpHeaders.ProtocolVersion]) != version) return McpErrors.HeaderMismatch("The MCP-Protocol-Version header does not match the request.");
        if (version != McpVersions.Modern) return McpErrors.UnsupportedVersion(version);
        if (parameters.MetaMember(MetaKeys.ClientCapabilities).IsEmpty) return McpErrors.InvalidParams("_meta must name io.modelcontextprotocol/clientCapabilities.");
        if (OneValue.Of(headers[McpHeaders.Method]) != exchange.Message.Method) return McpErrors.HeaderMismatch("The Mcp-Method header does not match the request.");
        var level = parameters.MetaMember(MetaKeys.LogLevel);
        if (!level.IsEmpty && McpLogLevels.RankOf(parameters.MetaString(MetaKeys.LogLevel)) < 0) return McpErrors.InvalidParams("There is no such log level.");
        return NeedsName(exchange.Message.Method) ? CheckName(exchange) : null;
    }

    /// <summary>Checks the <c>Mcp-Param-*</c> headers of a call. Null: all is well.</summary>
    public static RpcError? CheckParameters(IHeaderDictionary headers, ImmutableArray<HeaderParameter> expected, JsonElement arguments)
    {
        foreach (var parameter in expected)
        {
            var header = headers[parameter.Header];
            var value = parameter.ValueIn(arguments);
            var says = OneValue.OfLines(header) is { } one ? HeaderValue.Decode(one) : null;
            var isRight = value is null ? header.Count == 0 : says is not null && parameter.Matches(says, value);
            if (!isRight) return McpErrors.HeaderMismatch($"The {parameter.Header} header does not match the arguments.");
        }
        return null;
    }

    private static bool NeedsName(string method) => method is "tools/call" or "prompts/get" or "resources/read";

    private static RpcError? CheckName(McpExchange exchange)
    {
        if (exchange.Target is not { } target) return McpErrors.InvalidParams("params does not say what is meant.");
        var header = exchange.Http.Request.Headers[McpHeaders.Name];
        // A name may hold commas itself, so copies joined by one are looked for second.
        return Names(OneValue.OfLines(header), target) || Names(OneValue.Of(header), target) ? null : McpErrors.HeaderMismatch("The Mcp-Name header does not match the request.");
    }

    private static bool Names(string? header, string target) => header is not null && HeaderValue.Decode(header) == target;
}
