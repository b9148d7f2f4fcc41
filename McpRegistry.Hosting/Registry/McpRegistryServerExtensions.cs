using McpRegistry.Core.Modeling;
using McpRegistry.Core.Registration;
using McpRegistry.Hosting.Registry;

namespace Aspire.Hosting;

/// <summary>Hands MCP servers of the model to the registry.</summary>
public static class McpRegistryServerExtensions
{
    private const string DefaultPath = "/mcp";

    /// <summary>Hands one server over that was added with <c>AddMcpServer</c> or <c>AddMcpServerContainer</c>: a program, copies of a project, somebody else's URL.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="server">The server.</param>
    public static IResourceBuilder<T> WithMcpServer<T>(this IResourceBuilder<T> registry, IResourceBuilder<McpServerResource> server)
        where T : IMcpRegistryResource => registry.HandOver(server.Resource, server.Resource);

    /// <summary>
    /// Hands over a resource that serves MCP at one of its endpoints: a project, a container, an executable. It keeps its row, which gets
    /// the commands of a server, and becomes the service of its name in small letters.
    /// </summary>
    /// <param name="registry">The registry.</param>
    /// <param name="server">The resource.</param>
    /// <param name="path">The path of its MCP endpoint. Default <c>/mcp</c>.</param>
    /// <param name="endpointName">The endpoint. Default null: <c>https</c> where there is one, else <c>http</c>.</param>
    /// <param name="configure">What else the registry is told: tags, headers, a key, trust.</param>
    /// <exception cref="DistributedApplicationException">The name is no name of a service. At the start: there is no such endpoint.</exception>
    public static IResourceBuilder<T> WithMcpServer<T>(
        this IResourceBuilder<T> registry, IResourceBuilder<IResourceWithEndpoints> server, string path = DefaultPath, string? endpointName = null,
        Action<IResourceBuilder<McpServerResource>>? configure = null)
        where T : IMcpRegistryResource
    {
        if (server.Resource.HasAnnotationOfType<RegistryProcessAnnotation>())
            throw new DistributedApplicationException($"'{server.Resource.Name}' is the registry, or a part of it, and no server of it.");
        return registry.HandOver(new ServerSource(server.Resource, () => EndpointOf(server.Resource, endpointName)), path, ServiceType.FastMcp, configure);
    }

    /// <summary>Hands over a server of somebody else, at a URL or at one that a parameter holds. It keeps its row, which gets the commands of a server.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="server">The external service.</param>
    /// <param name="path">The path of its MCP endpoint, where its URL has none. Default <c>/mcp</c>.</param>
    /// <param name="configure">What else the registry is told: tags, headers, a key, trust.</param>
    /// <exception cref="DistributedApplicationException">The name is no name of a service.</exception>
    public static IResourceBuilder<T> WithMcpServer<T>(
        this IResourceBuilder<T> registry, IResourceBuilder<ExternalServiceResource> server, string path = DefaultPath,
        Action<IResourceBuilder<McpServerResource>>? configure = null)
        where T : IMcpRegistryResource =>
        registry.HandOver(
            new ServerSource(server.Resource, () => server.Resource.UrlParameter is { } parameter ? parameter : server.Resource.Uri!.AbsoluteUri),
            path, ServiceType.External, configure);

    /// <summary>
    /// Hands over every MCP server of the model, wherever in it they are added, and every resource that carries Aspire's own
    /// <c>WithMcpServer</c>.
    /// </summary>
    /// <param name="registry">The registry.</param>
    public static IResourceBuilder<T> WithMcpServers<T>(this IResourceBuilder<T> registry)
        where T : IMcpRegistryResource
    {
        RegistryAnnotation.Of(registry.Resource).HasEveryServer = true;
        return registry;
    }

    private static IResourceBuilder<T> HandOver<T>(
        this IResourceBuilder<T> registry, ServerSource source, string path, ServiceType type, Action<IResourceBuilder<McpServerResource>>? configure)
        where T : IMcpRegistryResource
    {
        var service = ResourceNames.ServiceOf(source.Resource.Name);
        // It is no part of the model: the resource itself is its row.
        var server = new McpServerResource(source.Resource.Name, service, "resource") { Source = source };
        server.RefuseOddName();
        var builder = registry.ApplicationBuilder.CreateResourceBuilder(server).WithMcpPath(path).WithSetting(ServerVariables.Type, type.WireName());
        configure?.Invoke(builder);
        source.Resource.AddServerCommands(service);
        TraceSampling.HeedCaller(source.Resource);
        return registry.HandOver(server, source.Resource);
    }

    private static IResourceBuilder<T> HandOver<T>(this IResourceBuilder<T> registry, McpServerResource server, IResource row)
        where T : IMcpRegistryResource
    {
        var shared = RegistryAnnotation.Of(registry.Resource);
        if (shared.Servers.Exists(one => one.Service == server.Service))
            throw new DistributedApplicationException($"'{registry.Resource.Name}' has a server '{server.Service}' already.");
        shared.Servers.Add(server);
        return registry.WithReferenceRelationship(row);
    }

    private static EndpointReference EndpointOf(IResourceWithEndpoints server, string? name)
    {
        var endpoints = server.GetEndpoints().ToList();
        return (name is null
                ? endpoints.Find(one => one.EndpointName == "https") ?? endpoints.Find(one => one.EndpointName == "http")
                : endpoints.Find(one => one.EndpointName == name))
            ?? throw new DistributedApplicationException($"'{server.Name}' has no endpoint '{name ?? "http"}' at which it could serve MCP.");
    }
}
