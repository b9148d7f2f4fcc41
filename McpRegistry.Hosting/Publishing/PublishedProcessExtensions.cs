namespace McpRegistry.Hosting.Publishing;

/// <summary>What every process of the registry needs where it is published to.</summary>
internal static class PublishedProcessExtensions
{
    /// <summary>Ready: gets traffic. Live: is not restarted. Both are served in every environment.</summary>
    public static IResourceBuilder<T> WithHealthProbes<T>(this IResourceBuilder<T> process)
        where T : IResourceWithEndpoints, IResourceWithProbes
    {
        process.WithHttpProbe(ProbeType.Readiness, "/health/ready", endpointName: "http");
        // Every probe is a health check of the dashboard as well, and one is enough there.
        return process.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? process.WithHttpProbe(ProbeType.Liveness, "/health/live", endpointName: "http")
            : process;
    }

    /// <summary>
    /// In a container nothing can be reached on loopback. The process may listen on the network it shares with the others of this
    /// model, under the name it has there; nothing of it is published to the outside.
    /// </summary>
    public static IResourceBuilder<T> WithinTrustedNetwork<T>(this IResourceBuilder<T> process)
        where T : IResourceWithEnvironment, IResourceWithEndpoints =>
        process.ApplicationBuilder.ExecutionContext.IsRunMode && process.Resource is not ContainerResource ? process
        : process.WithEnvironment("McpRegistry__Http__TrustedNetwork", "true")
            .WithEnvironment(context => context.EnvironmentVariables["McpRegistry__Http__AllowedHosts__0"] = process.GetEndpoint("http").Property(EndpointProperty.Host));
}
