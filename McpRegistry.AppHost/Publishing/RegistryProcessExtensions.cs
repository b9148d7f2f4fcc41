namespace McpRegistry.AppHost.Publishing;

/// <summary>What the processes of the registry have in common.</summary>
internal static class RegistryProcessExtensions
{
    /// <summary>One endpoint, probes, and no services but those of the model.</summary>
    /// <param name="process">The process.</param>
    /// <param name="port">Where people find it on this machine. Null: any port.</param>
    public static IResourceBuilder<ProjectResource> WithRegistryDefaults(this IResourceBuilder<ProjectResource> process, int? port = null) => process
        .WithHttpEndpoint(process.ApplicationBuilder.ExecutionContext.IsRunMode ? port : null, name: "http")
        .WithHealthProbes()
        .WithinTrustedNetwork()
        // The servers of that file are resources here; the process must not start them a second time.
        .WithEnvironment("McpRegistry__Discovery__File", "none.json");
}
