namespace McpRegistry.Core.Cluster;

/// <summary>The replica that runs the children of a pinned service.</summary>
/// <param name="Replica">Its id.</param>
/// <param name="Address">Where it is reached. Null: it is this process.</param>
internal sealed record StdioOwner(string Replica, Uri? Address)
{
    public bool IsSelf => Address is null;
}
