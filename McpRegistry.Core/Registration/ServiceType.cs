namespace McpRegistry.Core.Registration;

/// <summary>What kind of server a service is.</summary>
public enum ServiceType
{
    /// <summary>An MCP server: stdio, or Streamable HTTP with fallback to HTTP+SSE.</summary>
    FastMcp,

    /// <summary>A plain HTTP service: tools from its OpenAPI document or declared, called at <c>{base_url}/tools/{tool}</c>.</summary>
    FastApi,

    /// <summary>A third party's MCP server, reached by URL with credentials by reference.</summary>
    External,

    /// <summary>An MCP server in a container.</summary>
    Docker,
}
