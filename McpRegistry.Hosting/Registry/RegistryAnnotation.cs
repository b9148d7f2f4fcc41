namespace McpRegistry.Hosting.Registry;

/// <summary>What the processes of one registry have in common: the gateway, and the health worker where there is one.</summary>
internal sealed class RegistryAnnotation : IResourceAnnotation
{
    private readonly List<IResourceBuilder<IResourceWithEnvironment>> _processes = [];
    private readonly List<Action<IResourceBuilder<IResourceWithEnvironment>>> _settings = [];

    /// <summary>The servers that were handed over one by one.</summary>
    public List<McpServerResource> Servers { get; } = [];

    /// <summary>Whether every server of the model is handed over.</summary>
    public bool HasEveryServer { get; set; }

    /// <summary>Whether the processes share a Redis.</summary>
    public bool HasRedis { get; set; }

    public static RegistryAnnotation Of(IResource registry) => registry.Annotations.OfType<RegistryAnnotation>().Single();

    /// <summary>One more process, which gets what the others have got.</summary>
    public void Add(IResourceBuilder<IResourceWithEnvironment> process)
    {
        _processes.Add(process);
        foreach (var apply in _settings) apply(process);
    }

    /// <summary>What is done to every process, also to those that come later.</summary>
    public void OnEveryProcess(Action<IResourceBuilder<IResourceWithEnvironment>> apply)
    {
        _settings.Add(apply);
        foreach (var process in _processes) apply(process);
    }
}

/// <summary>Marks the processes of a registry, which are no servers of it.</summary>
internal sealed class RegistryProcessAnnotation : IResourceAnnotation;
