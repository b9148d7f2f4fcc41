namespace McpRegistry.AppHost.Publishing;

/// <summary>Where the model goes when it is published.</summary>
internal static class PublishTargetExtensions
{
    /// <summary>Reads <c>--target compose|kubernetes</c>. Without one the model is published as the manifest that azd reads.</summary>
    public static void AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode) return;
        switch (builder.Configuration["target"])
        {
            case null or "":
                break;
            case "compose":
                builder.AddDockerComposeEnvironment("compose");
                break;
            case "kubernetes":
                builder.AddKubernetesEnvironment("kubernetes");
                break;
            case var unknown:
                throw new DistributedApplicationException($"--target is compose or kubernetes, not '{unknown}'.");
        }
    }
}
