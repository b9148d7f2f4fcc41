namespace McpRegistry.Core.Upstream.Http;

/// <summary>One finished handshake over Streamable HTTP: what every later request of it carries.</summary>
/// <param name="Connection">What the instance told.</param>
/// <param name="SessionId">The session it opened. Null: it keeps none.</param>
internal sealed record HttpLink(InstanceConnection Connection, string? SessionId)
{
    public ProtocolEra Era => Connection.Era;

    /// <summary>The value of <c>MCP-Protocol-Version</c>. Null: the revision knows no such header.</summary>
    public string? VersionHeader { get; } = string.CompareOrdinal(Connection.ProtocolVersion, FirstRevisionWithHeader) >= 0 ? Connection.ProtocolVersion : null;

    private const string FirstRevisionWithHeader = "2025-06-18";
}
