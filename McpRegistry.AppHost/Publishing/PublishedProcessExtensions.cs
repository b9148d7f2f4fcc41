namespace McpRegistry.AppHost.Publishing;

/// <summary>How the processes of this model run where it is published to.</summary>
internal static class PublishedProcessExtensions
{
    /// <summary>How many run there; one here.</summary>
    public static IResourceBuilder<T> WithPublishedReplicas<T>(this IResourceBuilder<T> process, int count)
        where T : ProjectResource
    {
        if (process.ApplicationBuilder.ExecutionContext.IsPublishMode) process.WithReplicas(count);
        return process;
    }

    /// <summary>Where people find it when it is published to one machine.</summary>
    /// <param name="process">The process.</param>
    /// <param name="port">The port, on loopback only.</param>
    public static IResourceBuilder<T> WithMachinePort<T>(this IResourceBuilder<T> process, int port)
        where T : ProjectResource => process.WithAnnotation(new MachinePortAnnotation(port));

    /// <summary>A file that no registry outside of this model uses; what Redis held is remembered beside it. Where it is published the process's own default holds.</summary>
    /// <param name="process">The process.</param>
    /// <param name="path">The file, relative to the AppHost.</param>
    public static IResourceBuilder<T> WithOwnDatabase<T>(this IResourceBuilder<T> process, string path)
        where T : ProjectResource =>
        process.ApplicationBuilder.ExecutionContext.IsPublishMode ? process
        : process.WithEnvironment("McpRegistry__Storage__Path", Path.GetFullPath(path, process.ApplicationBuilder.AppHostDirectory));
}
