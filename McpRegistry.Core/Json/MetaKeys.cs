namespace McpRegistry.Core.Json;

/// <summary>The keys of <c>_meta</c> that a hop knows (MCP 2026-07-28, basic/index).</summary>
public static class MetaKeys
{
    /// <summary>What the protocol's own keys start with.</summary>
    public static ReadOnlySpan<byte> Prefix => "io.modelcontextprotocol/"u8;

    /// <summary>The revision of a request; required in the modern era.</summary>
    public static ReadOnlySpan<byte> ProtocolVersion => "io.modelcontextprotocol/protocolVersion"u8;

    /// <summary>What the client can do; required in the modern era.</summary>
    public static ReadOnlySpan<byte> ClientCapabilities => "io.modelcontextprotocol/clientCapabilities"u8;

    /// <summary>Who the client is.</summary>
    public static ReadOnlySpan<byte> ClientInfo => "io.modelcontextprotocol/clientInfo"u8;

    /// <summary>From which level on log messages are wanted for this request.</summary>
    public static ReadOnlySpan<byte> LogLevel => "io.modelcontextprotocol/logLevel"u8;

    /// <summary>The token progress is reported with.</summary>
    public static ReadOnlySpan<byte> ProgressToken => "progressToken"u8;

    /// <summary>W3C trace context.</summary>
    public static ReadOnlySpan<byte> TraceParent => "traceparent"u8;

    /// <inheritdoc cref="TraceParent"/>
    public static ReadOnlySpan<byte> TraceState => "tracestate"u8;

    /// <summary>Who we are towards an upstream when no client is named.</summary>
    public static ReadOnlySpan<byte> OwnInfo => "{\"name\":\"mcp-registry\",\"version\":\"1.0.0\"}"u8;
}
