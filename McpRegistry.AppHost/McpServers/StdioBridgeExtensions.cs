using McpRegistry.AppHost.Publishing;
using McpRegistry.AppHost.Registry;

namespace McpRegistry.AppHost.McpServers;

/// <summary>A stdio server as a resource with an address: a StdioBridge that runs it.</summary>
internal static class StdioBridgeExtensions
{
    private const string Settings = "McpRegistry__Bridge__";

    public static string ChildVariable(string name) => $"{Settings}Env__{name}";

    public static IResourceBuilder<ProjectResource> AddStdioBridge(this IDistributedApplicationBuilder builder, string name, string command, string[] args)
    {
        // Everything behind the dashes is the program's: `dotnet run` would take -v or @file for its own, and so might the bridge.
        string[] line = ["--", command, .. args];
        return builder.AddProject<Projects.McpRegistry_StdioBridge>(name, options => options.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(name: "http")
            .WithLocalDefaults()
            .WithArgs(line)
            .WithEnvironment(Settings + "Name", name)
            // The dashboard is its developer's own; where it is published, a log goes elsewhere.
            .WithEnvironment(Settings + "ShowStderr", builder.ExecutionContext.IsRunMode ? "true" : "false")
            .WithHealthProbes()
            .WithinTrustedNetwork()
            // An image of its own: the programs need node or uv. Becoming a container clears the arguments.
            .PublishAsDockerFile(image => image.WithDockerfile("..", "McpRegistry.StdioBridge/Dockerfile").WithArgs(line));
    }

    /// <summary>The folder the programs start in. A container has none of this machine's folders, so it is not published.</summary>
    public static IResourceBuilder<McpServerResource> WithWorkingDirectory(this IResourceBuilder<McpServerResource> server, string directory) =>
        server.ApplicationBuilder.ExecutionContext.IsPublishMode ? server
        : server.WithEveryInstance(copy => copy.WithAnnotation(new EnvironmentCallbackAnnotation(
            context => context.EnvironmentVariables[Settings + "Cwd"] = directory)));
}
