namespace McpRegistry.Core.Upstream;

/// <summary>A client that counts what its server writes beside MCP, and passes over it.</summary>
public interface IReportsPassedOver
{
    /// <summary>Lines that were no JSON-RPC, of all lives of the instance since this process began to watch it.</summary>
    long PassedOver { get; }
}
