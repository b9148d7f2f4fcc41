using McpRegistry.Core.Modeling;
using McpRegistry.Core.Registration;
using McpRegistry.Hosting.Registry;

namespace Aspire.Hosting;

/// <summary>Adds MCP servers to an application model. The registry gets them by <c>WithMcpServer</c> one by one, or all of them by <c>WithMcpServers</c>.</summary>
public static class McpServerBuilderExtensions
{
    /// <summary>Adds a server that speaks MCP on stdin and stdout, behind a StdioBridge.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="name">The service.</param>
    /// <param name="command">The program. It is started without a shell, in the folder of the AppHost.</param>
    /// <param name="args">Its arguments.</param>
    public static IResourceBuilder<McpServerResource> AddMcpServer(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string command, params string[] args) =>
        builder.AddGroup(new McpServerResource(ResourceNames.Of(name), name, "stdio") { MakeCopy = copy => builder.AddStdioBridge(copy, command, args) })
            .WithWorkingDirectory(builder.AppHostDirectory);

    /// <summary>Adds a project that serves MCP over HTTP.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="name">The service.</param>
    /// <param name="configure">What is done to each copy: arguments, references, health checks.</param>
    public static IResourceBuilder<McpServerResource> AddMcpServer<TProject>(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, Action<IResourceBuilder<ProjectResource>>? configure = null)
        where TProject : IProjectMetadata, new() =>
        builder.AddGroup(new McpServerResource(ResourceNames.Of(name), name, "project")
        {
            MakeCopy = copy =>
            {
                // Copies of one project would fight for the one port of its launch profile.
                var project = builder.AddProject<TProject>(copy, options => options.ExcludeLaunchProfile = true).WithServedEndpoint().WithLocalDefaults();
                configure?.Invoke(project);
                return project;
            },
        });

    /// <summary>Adds a container that serves MCP over HTTP.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="name">The service.</param>
    /// <param name="image">The image.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="targetPort">Where it listens.</param>
    /// <param name="configure">What is done to each copy: volumes, arguments, health checks.</param>
    public static IResourceBuilder<McpServerResource> AddMcpServerContainer(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string image, string tag = "latest", int targetPort = 8080,
        Action<IResourceBuilder<ContainerResource>>? configure = null) =>
        builder.AddGroup(new McpServerResource(ResourceNames.Of(name), name, "container")
        {
            MakeCopy = copy =>
            {
                var container = builder.AddContainer(copy, image, tag).WithHttpEndpoint(targetPort: targetPort, name: "http");
                configure?.Invoke(container);
                return container;
            },
        });

    /// <summary>Adds a server that somebody else runs.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="name">The service.</param>
    /// <param name="urls">Its MCP endpoint; more than one when it runs several times, all with the same scheme and path.</param>
    public static IResourceBuilder<McpServerResource> AddMcpServer(this IDistributedApplicationBuilder builder, [ResourceName] string name, params Uri[] urls) =>
        builder.AddGroup(new McpServerResource(ResourceNames.Of(name), name, "external") { ExternalAddresses = [.. urls.Select(url => url.GetLeftPart(UriPartial.Authority))] })
            .WithMcpPath(urls[0].AbsolutePath)
            .WithSetting(ServerVariables.Type, ServiceType.External.WireName());

    /// <summary>Adds a server that somebody else runs, at an address that differs from place to place.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="name">The service.</param>
    /// <param name="origin">Scheme, host and port of the server; see <see cref="McpServerSettingsExtensions.WithMcpPath"/> for the path.</param>
    public static IResourceBuilder<McpServerResource> AddMcpServer(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<ParameterResource> origin) =>
        builder.AddGroup(new McpServerResource(ResourceNames.Of(name), name, "external") { ExternalAddresses = [origin.Resource] })
            .WithSetting(ServerVariables.Type, ServiceType.External.WireName());

    internal static IResourceBuilder<McpServerResource> AddGroup(this IDistributedApplicationBuilder builder, McpServerResource server)
    {
        server.RefuseOddName();
        var group = builder.AddResource(server)
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "MCP server", State = KnownResourceStates.NotStarted, Properties = [] })
            .WithIconName("PlugConnected")
            .WithServerHealth()
            .ExcludeFromManifest()
            .OnInitializeResource(StartAsync);
        server.AddServerCommands(server.Service);
        return server.MakeCopy is null ? group : group.WithInstances(1);
    }

    // Nothing runs behind the group; it runs as soon as the registry tells of its service.
    private static async Task StartAsync(McpServerResource server, InitializeResourceEvent start, CancellationToken cancellationToken)
    {
        await start.Eventing.PublishAsync(new BeforeResourceStartedEvent(server, start.Services), cancellationToken);
        await start.Notifications.PublishUpdateAsync(server, snapshot => snapshot with { State = KnownResourceStates.Starting });
    }
}
