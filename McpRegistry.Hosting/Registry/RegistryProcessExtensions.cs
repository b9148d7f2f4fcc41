using McpRegistry.Hosting.Publishing;

namespace McpRegistry.Hosting.Registry;

/// <summary>What the processes of the registry have in common.</summary>
internal static class RegistryProcessExtensions
{
    public const int ContainerPort = 8080;
    private const string Folder = "MCP_REGISTRY_DATA";

    /// <summary>One endpoint, probes, and no services but those of the model.</summary>
    /// <param name="process">The process.</param>
    /// <param name="shared">What it shares with the others.</param>
    /// <param name="port">Where people find it on this machine. Null: any port.</param>
    public static IResourceBuilder<T> WithRegistryDefaults<T>(this IResourceBuilder<T> process, RegistryAnnotation shared, int? port = null)
        where T : IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithProbes
    {
        process
            .WithServedEndpoint(port)
            .WithLocalDefaults()
            .WithHealthProbes()
            .WithinTrustedNetwork()
            // The servers of that file are resources here; the process must not start them a second time.
            .WithEnvironment("McpRegistry__Discovery__File", "none")
            .WithServersOf(shared);
        shared.Add((IResourceBuilder<IResourceWithEnvironment>)process);
        return process;
    }

    /// <summary>What every process of ours needs on a developer's machine.</summary>
    public static IResourceBuilder<T> WithLocalDefaults<T>(this IResourceBuilder<T> process)
        where T : IResourceWithEnvironment, IResourceWithArgs => process
        // Nothing here speaks TLS, and the dashboard would warn on every page that no certificate is trusted.
        .WithoutHttpsCertificate()
        // After Ctrl-C they would wait ten seconds for a dashboard that is gone. A collector elsewhere may take its time.
        .WithEnvironment(context => { if (context.ExecutionContext.IsRunMode) context.EnvironmentVariables["OTEL_EXPORTER_OTLP_TIMEOUT"] = "2000"; });

    /// <summary>A folder that no registry outside of this model uses; what Redis held is remembered there too. Where it is published the process's own default holds.</summary>
    public static IResourceBuilder<T> WithFolderOfThisMachine<T>(this IResourceBuilder<T> process)
        where T : ProjectResource =>
        process.ApplicationBuilder.ExecutionContext.IsRunMode ? process.WithDataIn($"{process.Resource.Name}-data") : process;

    /// <summary>Keeps the database of registrations in a volume; beside a process that runs without a container it is a folder.</summary>
    public static IResourceBuilder<T> WithDataIn<T>(this IResourceBuilder<T> process, string volume)
        where T : IResourceWithEnvironment, IComputeResource => process
        .WithVolume(volume, "/data", env: Folder)
        .WithEnvironment(context =>
        {
            // What the process wants to know is the file.
            if (!context.EnvironmentVariables.Remove(Folder, out var folder)) return;
            var file = new ReferenceExpressionBuilder();
            if (folder is string path) file.AppendLiteral(path);
            else file.AppendValueProvider(folder);
            file.AppendLiteral("/registry.db");
            context.EnvironmentVariables["McpRegistry__Storage__Path"] = file.Build();
        });

    /// <summary>The endpoint <c>http</c>.</summary>
    /// <param name="process">The process.</param>
    /// <param name="port">Where people find it on this machine. Null: any port.</param>
    public static IResourceBuilder<T> WithServedEndpoint<T>(this IResourceBuilder<T> process, int? port = null)
        where T : IResourceWithEndpoints
    {
        var isRunMode = process.ApplicationBuilder.ExecutionContext.IsRunMode;
        return process.WithHttpEndpoint(
            port: isRunMode ? port : null,
            // What the images listen on; left open, a published description has a hole there for somebody to fill.
            targetPort: isRunMode && process.Resource is not ContainerResource ? null : ContainerPort,
            name: "http",
            // A port that is asked for has no proxy before it: it would be open while the process is down, and a port that somebody
            // else has would not be noticed.
            isProxied: !isRunMode || port is null);
    }
}
