namespace McpRegistry.Core.Upstream;

/// <summary>A client of which less may be told than is known.</summary>
public interface IKeepsDiscretion
{
    /// <summary>What is told while it is not connected, whatever the reason. Null: the reason.</summary>
    string? UnconnectedReason { get; }
}
