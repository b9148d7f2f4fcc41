namespace McpRegistry.Core.Calls;

/// <summary>The closed list of what can go wrong with a call or a request, the same on both faces.</summary>
public enum ErrorCode
{
    /// <summary>No service of that name.</summary>
    UnknownService,

    /// <summary>The service has no such tool, prompt or resource.</summary>
    UnknownTool,

    /// <summary>The request is not what the route or the tool takes.</summary>
    InvalidArguments,

    /// <summary>The caller may not do this.</summary>
    ToolDenied,

    /// <summary>The tool changed since it was approved.</summary>
    ToolQuarantined,

    /// <summary>No instance could be reached; nothing was executed.</summary>
    UpstreamUnreachable,

    /// <summary>The service did not take the gateway's credentials (401, 403); nothing was executed.</summary>
    UpstreamUnauthorized,

    /// <summary>The service asks the gateway to slow down (429); nothing was executed.</summary>
    UpstreamRateLimited,

    /// <summary>The instance failed after the call was sent.</summary>
    UpstreamFailed,

    /// <summary>No answer in time.</summary>
    UpstreamTimeout,

    /// <summary>The answer was not MCP.</summary>
    UpstreamProtocolError,

    /// <summary>The answer was larger than the limit.</summary>
    ResponseTooLarge,

    /// <summary>Too many calls at once.</summary>
    Overloaded,

    /// <summary>The caller sends too many requests.</summary>
    RateLimited,

    /// <summary>No instance may get calls now.</summary>
    NoHealthyInstance,

    /// <summary>The registry's store is away; the change is not acknowledged. One that was on its way may still be made.</summary>
    RegistryUnavailable,

    /// <summary>The caller gave up.</summary>
    Cancelled,

    /// <summary>The gateway is stopping.</summary>
    Draining,
}
