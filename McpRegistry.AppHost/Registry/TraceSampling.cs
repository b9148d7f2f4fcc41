namespace McpRegistry.AppHost.Registry;

/// <summary>
/// On a developer's machine Aspire has every process record everything, whatever its caller says. So each probe, handshake and list of
/// the registry would be a trace of the server that is asked.
/// </summary>
internal static class TraceSampling
{
    private const string Sampler = "OTEL_TRACES_SAMPLER";

    /// <summary>Has the process record what its caller records, and everything that it begins itself. What somebody else set stays.</summary>
    public static IResourceBuilder<T> HeedsCallersTrace<T>(this IResourceBuilder<T> process)
        where T : IResource
    {
        HeedCaller(process.Resource);
        return process;
    }

    /// <inheritdoc cref="HeedsCallersTrace"/>
    public static void HeedCaller(IResource process) => process.Annotations.Add(new EnvironmentCallbackAnnotation(context =>
    {
        if (context.EnvironmentVariables.TryGetValue(Sampler, out var sampler) && sampler is "always_on") context.EnvironmentVariables[Sampler] = "parentbased_always_on";
    }));
}
