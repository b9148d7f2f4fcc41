namespace McpRegistry.Core.Cluster;

/// <summary>How a replica marks what it sends the owner of a pinned service.</summary>
public static class OwnerRelay
{
    /// <summary>The header; its value is the sender's id. Who gets it answers from its own children, or 421 when it has none: what was relayed once is not relayed again.</summary>
    public const string Header = "Mcp-Registry-Owner-Relay";
}
