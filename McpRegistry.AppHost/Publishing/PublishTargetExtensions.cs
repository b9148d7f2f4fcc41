namespace McpRegistry.AppHost.Publishing;

/// <summary>
/// Where the model goes when it is published. The manifest that azd reads needs nothing but Aspire itself; the packages of the other
/// targets are not on every feed, so their code, in the folder Targets, is part of the build only with <c>-p:PublishTargets=true</c>.
/// </summary>
internal static partial class PublishTargetExtensions
{
    private static readonly string[] Targets = ["compose", "kubernetes", "azure"];

    /// <summary>Reads <c>--target compose|kubernetes|azure</c>. Without one only the manifest can be published.</summary>
    /// <exception cref="DistributedApplicationException">There is no such target, this build does not have it, or none was named where one is needed.</exception>
    public static void AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode) return;
        var target = builder.Configuration["target"];
        if (string.IsNullOrEmpty(target))
        {
            // Without a target Aspire's pipeline succeeds and does nothing.
            if (WouldDoNothing(builder)) throw new DistributedApplicationException($"Nothing would be published: name a target, --target {string.Join(" or ", Targets)}. (azd takes the manifest, --publisher manifest, which needs none.)");
            return;
        }

        if (!Targets.Contains(target)) throw new DistributedApplicationException($"--target is {string.Join(", ", Targets)}, not '{target}'.");
        var isAdded = false;
        Add(builder, target, ref isAdded);
        if (!isAdded) throw new DistributedApplicationException($"This build of the AppHost publishes the manifest only. Build it with -p:PublishTargets=true for --target {target}.");
    }

    static partial void Add(IDistributedApplicationBuilder builder, string target, ref bool isAdded);

    // What `aspire publish` and `aspire deploy` ask for; the manifest has a step of its own, and so have diagnostics.
    private static bool WouldDoNothing(IDistributedApplicationBuilder builder) =>
        builder.Configuration["Publishing:Publisher"] is not "manifest" && builder.Configuration["Pipeline:Step"] is (null or "" or "publish" or "deploy");
}
