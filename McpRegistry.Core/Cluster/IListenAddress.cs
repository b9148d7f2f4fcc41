namespace McpRegistry.Core.Cluster;

/// <summary>Knows where this process's own server listens.</summary>
public interface IListenAddress
{
    /// <summary>An address that others can use. Null: it does not listen yet, or the machine has no address that could be named.</summary>
    Uri? Find();
}
