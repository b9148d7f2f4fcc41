namespace McpRegistry.Core.Cluster;

/// <summary>The lease of the worker that leads.</summary>
internal static class LeaderLease
{
    public const string Name = "health";
}
