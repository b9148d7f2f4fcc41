namespace McpRegistry.Core.Registration;

/// <summary>How a service is spoken to.</summary>
public enum ServiceProtocol
{
    /// <summary>A child process: one JSON-RPC message a line.</summary>
    Stdio,

    /// <summary>HTTP: Streamable HTTP, falling back to HTTP+SSE.</summary>
    Http,

    /// <summary>A WebSocket: one JSON-RPC message a text frame.</summary>
    WebSocket,
}
