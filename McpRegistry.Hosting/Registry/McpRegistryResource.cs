namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// The MCP registry and gateway of an application model: REST and MCP at its endpoint <c>http</c>, in front of every MCP server that is
/// handed to it. A consumer that references it gets its address by service discovery and as <c>NAME_HTTP</c>.
/// </summary>
public interface IMcpRegistryResource
    : IResourceWithServiceDiscovery, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>Where REST and MCP are served.</summary>
    EndpointReference PrimaryEndpoint { get; }

    /// <summary>The MCP endpoint with the tools of every server, for clients that want a whole URL.</summary>
    ReferenceExpression McpUrl { get; }
}

/// <summary>The registry from its container image.</summary>
/// <param name="name">The name of the resource.</param>
public sealed class McpRegistryResource(string name) : ContainerResource(name), IMcpRegistryResource
{
    /// <inheritdoc cref="IMcpRegistryResource.PrimaryEndpoint"/>
    public EndpointReference PrimaryEndpoint => this.GetEndpoint("http");

    /// <inheritdoc cref="IMcpRegistryResource.McpUrl"/>
    public ReferenceExpression McpUrl => ReferenceExpression.Create($"{PrimaryEndpoint}/mcp");
}

/// <summary>The registry as a project of the solution.</summary>
/// <param name="name">The name of the resource.</param>
public sealed class McpRegistryProjectResource(string name) : ProjectResource(name), IMcpRegistryResource
{
    /// <inheritdoc cref="IMcpRegistryResource.PrimaryEndpoint"/>
    public EndpointReference PrimaryEndpoint => this.GetEndpoint("http");

    /// <inheritdoc cref="IMcpRegistryResource.McpUrl"/>
    public ReferenceExpression McpUrl => ReferenceExpression.Create($"{PrimaryEndpoint}/mcp");
}
