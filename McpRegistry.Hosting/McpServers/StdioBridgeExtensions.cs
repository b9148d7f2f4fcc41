using McpRegistry.Hosting.Publishing;
using McpRegistry.Hosting.Registry;

using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>A stdio server as a resource with an address: a StdioBridge that runs it.</summary>
public static class StdioBridgeExtensions
{
    private const string Settings = "McpRegistry__Bridge__";

    /// <summary>Runs the bridges of programs that are added from here on as this project instead of as the image of the bridge.</summary>
    /// <typeparam name="TProject">The StdioBridge.</typeparam>
    /// <param name="builder">The model.</param>
    /// <param name="contextPath">What the image is made of where the model is published, relative to the AppHost.</param>
    /// <param name="dockerfile">The Dockerfile of the bridge, relative to the context. The image the SDK would make has neither node nor uv.</param>
    public static IDistributedApplicationBuilder WithStdioBridgeProject<TProject>(this IDistributedApplicationBuilder builder, string contextPath, string dockerfile)
        where TProject : IProjectMetadata, new()
    {
        builder.Services.AddSingleton(new StdioBridge((copy, line) =>
            builder.AddProject<TProject>(copy, options => options.ExcludeLaunchProfile = true)
                .WithHttpEndpoint(name: "http")
                .WithLocalDefaults()
                .WithBridgedProgram(line)
                // Becoming a container clears the arguments.
                .PublishAsDockerFile(image => image.WithDockerfile(contextPath, dockerfile).WithArgs(line))));
        return builder;
    }

    /// <summary>Runs the bridges of programs that are added from here on from this image. Default: <c>mcp-registry-stdio-bridge</c> in the version of this package.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="image">The image, with its registry: one with the bridge in it, and what the programs need.</param>
    /// <param name="tag">Its tag. Default null: <c>latest</c>.</param>
    public static IDistributedApplicationBuilder WithStdioBridgeImage(this IDistributedApplicationBuilder builder, string image, string? tag = null)
    {
        builder.Services.AddSingleton(new StdioBridge((copy, line) => builder.AddBridgeContainer(copy, line, image, tag ?? "latest")));
        return builder;
    }

    internal static string ChildVariable(string name) => $"{Settings}Env__{name}";

    internal static IResourceBuilder<IResourceWithEndpoints> AddStdioBridge(this IDistributedApplicationBuilder builder, string name, string command, string[] args)
    {
        // Everything behind the dashes is the program's: `dotnet run` would take -v or @file for its own, and so might the bridge.
        string[] line = ["--", command, .. args];
        return builder.Services.LastOrDefault(one => one.ServiceType == typeof(StdioBridge))?.ImplementationInstance is StdioBridge project
            ? project.Make(name, line)
            : builder.AddBridgeContainer(name, line, McpRegistryContainerImageTags.StdioBridgeImage, McpRegistryContainerImageTags.Tag);
    }

    /// <summary>The folder the programs start in. A container has none of this machine's folders.</summary>
    internal static IResourceBuilder<McpServerResource> WithWorkingDirectory(this IResourceBuilder<McpServerResource> server, string directory) =>
        server.ApplicationBuilder.ExecutionContext.IsPublishMode ? server
        : server.WithEveryInstance(copy =>
        {
            if (copy.Resource is not ContainerResource)
                copy.WithAnnotation(new EnvironmentCallbackAnnotation(context => context.EnvironmentVariables[Settings + "Cwd"] = directory));
        });

    private static IResourceBuilder<ContainerResource> AddBridgeContainer(this IDistributedApplicationBuilder builder, string name, string[] line, string image, string tag) =>
        builder.AddContainer(name, image, tag)
            .WithHttpEndpoint(targetPort: RegistryProcessExtensions.ContainerPort, name: "http")
            .WithOtlpExporter()
            .WithBridgedProgram(line);

    private static IResourceBuilder<T> WithBridgedProgram<T>(this IResourceBuilder<T> bridge, string[] line)
        where T : IResourceWithArgs, IResourceWithEnvironment, IResourceWithEndpoints, IResourceWithProbes => bridge
        .WithArgs(line)
        .WithEnvironment(Settings + "Name", bridge.Resource.Name)
        // The dashboard is its developer's own; where it is published, a log goes elsewhere.
        .WithEnvironment(Settings + "ShowStderr", bridge.ApplicationBuilder.ExecutionContext.IsRunMode ? "true" : "false")
        .WithHealthProbes()
        .WithinTrustedNetwork();
}

/// <summary>How bridges are made in this model.</summary>
/// <param name="Make">Makes one of a name, with the arguments of its program.</param>
internal sealed record StdioBridge(Func<string, string[], IResourceBuilder<IResourceWithEndpoints>> Make);
