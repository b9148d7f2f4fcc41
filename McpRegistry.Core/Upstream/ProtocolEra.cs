namespace McpRegistry.Core.Upstream;

/// <summary>The two families of MCP revisions.</summary>
public enum ProtocolEra
{
    /// <summary>Up to 2025-11-25: <c>initialize</c>, sessions.</summary>
    Legacy,

    /// <summary>From 2026-07-28: stateless, <c>server/discover</c>, metadata in every request.</summary>
    Modern,
}
