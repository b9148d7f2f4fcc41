namespace McpRegistry.Core.Calls;

/// <summary>What each error code is called on the wire, and what clients are told.</summary>
public static class ErrorCodes
{
    /// <summary>The code's name, in snake_case, as both faces send it.</summary>
    public static string WireName(this ErrorCode code) => code switch
    {
        ErrorCode.UnknownService => "unknown_service",
        ErrorCode.UnknownTool => "unknown_tool",
        ErrorCode.InvalidArguments => "invalid_arguments",
        ErrorCode.ToolDenied => "tool_denied",
        ErrorCode.ToolQuarantined => "tool_quarantined",
        ErrorCode.UpstreamUnreachable => "upstream_unreachable",
        ErrorCode.UpstreamUnauthorized => "upstream_unauthorized",
        ErrorCode.UpstreamRateLimited => "upstream_rate_limited",
        ErrorCode.UpstreamFailed => "upstream_failed",
        ErrorCode.UpstreamTimeout => "upstream_timeout",
        ErrorCode.UpstreamProtocolError => "upstream_protocol_error",
        ErrorCode.ResponseTooLarge => "response_too_large",
        ErrorCode.Overloaded => "overloaded",
        ErrorCode.RateLimited => "rate_limited",
        ErrorCode.NoHealthyInstance => "no_healthy_instance",
        ErrorCode.RegistryUnavailable => "registry_unavailable",
        ErrorCode.Cancelled => "cancelled",
        ErrorCode.Draining => "draining",
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

    /// <summary>The code of that name. Null: there is none.</summary>
    public static ErrorCode? FromWireName(string? name)
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
            if (code.WireName() == name) return code;
        return null;
    }

    /// <summary>One sentence for people that gives nothing of the inside away.</summary>
    public static string Sentence(this ErrorCode code) => code switch
    {
        ErrorCode.UnknownService => "There is no service of that name.",
        ErrorCode.UnknownTool => "The service has no such tool, prompt or resource.",
        ErrorCode.InvalidArguments => "The request is not valid.",
        ErrorCode.ToolDenied => "This is not allowed.",
        ErrorCode.ToolQuarantined => "The tool changed and waits for approval.",
        ErrorCode.UpstreamUnreachable => "No instance of the service could be reached; nothing was executed.",
        ErrorCode.UpstreamUnauthorized => "The service refused the credentials of the gateway; nothing was executed.",
        ErrorCode.UpstreamRateLimited => "The service asks to be called less often; nothing was executed.",
        ErrorCode.UpstreamFailed => "The service failed before it answered.",
        ErrorCode.UpstreamTimeout => "The service did not answer in time.",
        ErrorCode.UpstreamProtocolError => "The service gave an answer that is not MCP.",
        ErrorCode.ResponseTooLarge => "The answer of the service is larger than allowed.",
        ErrorCode.Overloaded => "Too many calls are waiting for the service.",
        ErrorCode.RateLimited => "Too many requests.",
        ErrorCode.NoHealthyInstance => "No instance of the service may get calls now.",
        ErrorCode.RegistryUnavailable => "The registry's store is not available; the change is not acknowledged.",
        ErrorCode.Cancelled => "The call was cancelled.",
        ErrorCode.Draining => "The gateway is stopping.",
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

    /// <summary>The HTTP status REST answers with.</summary>
    public static int HttpStatus(this ErrorCode code) => code switch
    {
        ErrorCode.UnknownService or ErrorCode.UnknownTool => 404,
        ErrorCode.InvalidArguments => 400,
        ErrorCode.ToolDenied or ErrorCode.ToolQuarantined => 403,
        ErrorCode.UpstreamUnreachable or ErrorCode.UpstreamUnauthorized or ErrorCode.UpstreamFailed or ErrorCode.UpstreamProtocolError or ErrorCode.ResponseTooLarge => 502,
        ErrorCode.UpstreamTimeout => 504,
        ErrorCode.RateLimited => 429,
        ErrorCode.Cancelled => 499,
        _ => 503,
    };

    /// <summary>The JSON-RPC code the MCP face answers with.</summary>
    public static int JsonRpcCode(this ErrorCode code) => code switch
    {
        ErrorCode.UnknownService or ErrorCode.UnknownTool or ErrorCode.InvalidArguments => -32602,
        _ => -32000,
    };
}
