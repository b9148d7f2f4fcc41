using McpRegistry.Core.Clients;

namespace McpRegistry.Mcp.Clients;

/// <summary>Says for which client a request counts.</summary>
public static class Client
{
    /// <summary>The client by the address of its connection.</summary>
    public static ClientKey Of(HttpContext http) => ClientKey.Of(http.Connection.RemoteIpAddress);

    /// <summary>The same within one of its sessions.</summary>
    internal static ClientKey Of(HttpContext http, LegacySession? session) => ClientKey.Of(http.Connection.RemoteIpAddress, session);
}
