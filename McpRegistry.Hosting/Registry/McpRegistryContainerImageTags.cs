namespace McpRegistry.Hosting.Registry;

/// <summary>The images of the registry. All are of one version, that of this package.</summary>
internal static class McpRegistryContainerImageTags
{
    public const string Image = "mcp-registry-api";
    public const string HealthWorkerImage = "mcp-registry-health-worker";
    public const string StdioBridgeImage = "mcp-registry-stdio-bridge";
    public const string Tag = "1.0.0";
}
