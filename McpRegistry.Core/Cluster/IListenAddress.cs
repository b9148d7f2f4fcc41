namespace McpRegistry.Core.Cluster;

/// <summary>Knows where this process's own server listens.</summary>
public interface IListenAddress
{
    /// <summary>An address that others can use. Null: it does not listen yet, or listens on every address of the machine and so on none that could be named.</summary>
    Uri? Find();
}
