using McpRegistry.Hosting.Publishing;

namespace McpRegistry.Hosting.Registry;

/// <summary>What the processes of the registry have in common.</summary>
internal static class RegistryProcessExtensions
{
    public const int ContainerPort = 8080;

    /// <summary>One endpoint, probes, and no services but those of the model.</summary>
    /// <param name="process">The process.</param>
    /// <param name="port">Where people find it on this machine. Null: any port.</param>
    public static IResourceBuilder<ProjectResource> WithRegistryDefaults(this IResourceBuilder<ProjectResource> process, int? port = null) => process
        .WithServedEndpoint(port)
        .WithLocalDefaults()
        .WithHealthProbes()
        .WithinTrustedNetwork()
        // The servers of that file are resources here; the process must not start them a second time.
        .WithEnvironment("McpRegistry__Discovery__File", "none.json");

    /// <summary>What every project of the model needs on a developer's machine.</summary>
    public static IResourceBuilder<ProjectResource> WithLocalDefaults(this IResourceBuilder<ProjectResource> process) => process
        // Nothing here speaks TLS, and the dashboard would warn on every page that no certificate is trusted.
        .WithoutHttpsCertificate()
        // After Ctrl-C they would wait ten seconds for a dashboard that is gone. A collector elsewhere may take its time.
        .WithEnvironment(context => { if (context.ExecutionContext.IsRunMode) context.EnvironmentVariables["OTEL_EXPORTER_OTLP_TIMEOUT"] = "2000"; });

    /// <summary>A file that no registry outside of this model uses; what Redis held is remembered beside it. Where it is published the process's own default holds.</summary>
    /// <param name="process">The process.</param>
    /// <param name="path">The file, relative to the AppHost.</param>
    public static IResourceBuilder<ProjectResource> WithOwnDatabase(this IResourceBuilder<ProjectResource> process, string path) =>
        process.ApplicationBuilder.ExecutionContext.IsPublishMode ? process
        : process.WithEnvironment("McpRegistry__Storage__Path", Path.GetFullPath(path, process.ApplicationBuilder.AppHostDirectory));

    /// <summary>The endpoint <c>http</c>.</summary>
    /// <param name="process">The process.</param>
    /// <param name="port">Where people find it on this machine. Null: any port.</param>
    public static IResourceBuilder<ProjectResource> WithServedEndpoint(this IResourceBuilder<ProjectResource> process, int? port = null) =>
        process.ApplicationBuilder.ExecutionContext.IsRunMode
            // A port that is asked for has no proxy before it: it would be open while the process is down, and a port that somebody
            // else has would not be noticed.
            ? process.WithHttpEndpoint(port: port, name: "http", isProxied: port is null)
            // What the images listen on; left open, a published description has a hole there for somebody to fill.
            : process.WithHttpEndpoint(targetPort: ContainerPort, name: "http").WithMachinePort(port);

    private static IResourceBuilder<ProjectResource> WithMachinePort(this IResourceBuilder<ProjectResource> process, int? port) =>
        port is { } machine ? process.WithAnnotation(new MachinePortAnnotation(machine)) : process;
}
