using McpRegistry.Hosting.Registry;

namespace Aspire.Hosting;

/// <summary>Adds the MCP registry and gateway to an application model.</summary>
public static class McpRegistryBuilderExtensions
{
    /// <summary>
    /// Adds the registry from its container image. It knows the servers that <c>WithMcpServer</c> hands to it, serves their tools at
    /// <c>/mcp</c>, and watches their health. What is registered over REST is gone with the container; see <see cref="WithDataVolume"/>.
    /// </summary>
    /// <param name="builder">The model.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">Where people find it on this machine. Default null: any free port. Where it is published it listens on 8080.</param>
    /// <exception cref="DistributedApplicationException">The model has a registry already.</exception>
    public static IResourceBuilder<McpRegistryResource> AddMcpRegistry(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        builder.RefuseSecondRegistry(name);
        return builder.AddResource(new McpRegistryResource(name))
            .WithImage(McpRegistryContainerImageTags.Image, McpRegistryContainerImageTags.Tag)
            .WithOtlpExporter()
            .AsRegistry(port);
    }

    /// <summary>
    /// Adds the registry as a project of this solution, for machines without a container engine and for those who work on it. What is
    /// registered over REST is kept in the AppHost's store on this machine; see <see cref="WithDataVolume"/> for where it is published.
    /// </summary>
    /// <typeparam name="TProject">The registry's Api.</typeparam>
    /// <param name="builder">The model.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">Where people find it on this machine. Default null: any free port. Where it is published it listens on 8080.</param>
    /// <exception cref="DistributedApplicationException">The model has a registry already.</exception>
    public static IResourceBuilder<McpRegistryProjectResource> AddMcpRegistryProject<TProject>(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
        where TProject : IProjectMetadata, new()
    {
        builder.RefuseSecondRegistry(name);
        return builder.AddResource(new McpRegistryProjectResource(name))
            .WithAnnotation(new TProject())
            .WithProjectDefaults(new ProjectResourceOptions { ExcludeLaunchProfile = true })
            .AsRegistry(port)
            .WithFolderOfThisMachine();
    }

    /// <summary>Keeps what is registered over REST in a volume. With Redis that is where it is, and no volume is needed.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="name">The volume. Default null: a name made of those of the application and the registry.</param>
    public static IResourceBuilder<T> WithDataVolume<T>(this IResourceBuilder<T> registry, string? name = null)
        where T : IMcpRegistryResource =>
        // A project on this machine has a folder in any case.
        registry.Resource is ProjectResource && registry.ApplicationBuilder.ExecutionContext.IsRunMode
            ? registry
            : registry.WithDataIn(name ?? VolumeNameGenerator.Generate(registry, "data"));

    private static IResourceBuilder<T> AsRegistry<T>(this IResourceBuilder<T> registry, int? port)
        where T : IMcpRegistryResource
    {
        var shared = new RegistryAnnotation();
        registry.WithAnnotation(shared).WithRegistryDefaults(shared, port).AsGateway().WithIconName("Router");
        return registry;
    }

    private static void RefuseSecondRegistry(this IDistributedApplicationBuilder builder, string name)
    {
        if (builder.Services.FirstOrDefault(one => one.ServiceType == typeof(Gateway))?.ImplementationInstance is Gateway { Resource.Name: var other })
            throw new DistributedApplicationException($"'{name}' would be the second MCP registry of this model: '{other}' is there, and the rows of the dashboard show one.");
    }
}
