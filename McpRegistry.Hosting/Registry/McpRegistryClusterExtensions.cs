using McpRegistry.Hosting.Registry;

namespace Aspire.Hosting;

/// <summary>A registry of several processes, which share a Redis.</summary>
public static class McpRegistryClusterExtensions
{
    /// <summary>
    /// Keeps the registry in Redis, which several copies of it and a health worker share. Every process starts when Redis is ready, and
    /// seals what it keeps there with a key that only they have.
    /// </summary>
    /// <param name="registry">The registry.</param>
    /// <param name="redis">Redis, under any name: <c>AddRedis</c>, <c>AddConnectionString</c>.</param>
    /// <param name="secretKey">The key: 32 bytes in base64. Default null: the secret parameter <c>NAME-secret-key</c>, named after the Redis, generated once and kept.</param>
    public static IResourceBuilder<T> WithRedis<T>(
        this IResourceBuilder<T> registry, IResourceBuilder<IResourceWithConnectionString> redis, IResourceBuilder<ParameterResource>? secretKey = null)
        where T : IMcpRegistryResource
    {
        // 43 letters and digits and a "=" are 32 bytes in base64. Kept, because what one run sealed the next one must read.
        var key = secretKey is not null
            ? ReferenceExpression.Create($"{secretKey.Resource}")
            : ReferenceExpression.Create($"{registry.ApplicationBuilder.AddParameter($"{redis.Resource.Name}-secret-key", new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true, persist: true).Resource}=");
        var shared = RegistryAnnotation.Of(registry.Resource);
        shared.HasRedis = true;
        shared.OnEveryProcess(process =>
        {
            // Host, port and password beside the connection string would be plain variables where azd deploys them, and nobody reads them.
            process.WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
                .WithReference(redis, "redis")
                .WithEnvironment("McpRegistry__Redis__SecretKey", key);
            // A connection string that is only told has no life to wait for.
            if (redis.Resource is not IResourceWithoutLifetime && process.Resource is IResourceWithWaitSupport waiting)
                process.ApplicationBuilder.CreateResourceBuilder(waiting).WaitFor(redis);
        });
        return registry;
    }

    /// <summary>Adds the health worker from its image: it probes the servers, one worker at a time, instead of every copy of the registry. Needs Redis.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="configureContainer">What is done to it: another tag, a registry of images.</param>
    /// <param name="containerName">Its name. Default null: that of the registry and <c>-health-worker</c>.</param>
    /// <exception cref="DistributedApplicationException">At the start: the registry has no Redis.</exception>
    public static IResourceBuilder<McpRegistryResource> WithHealthWorker(
        this IResourceBuilder<McpRegistryResource> registry, Action<IResourceBuilder<ContainerResource>>? configureContainer = null, string? containerName = null)
    {
        var worker = registry.ApplicationBuilder
            .AddContainer(NameOf(registry, containerName), McpRegistryContainerImageTags.HealthWorkerImage, McpRegistryContainerImageTags.Tag)
            .WithOtlpExporter()
            .AsHealthWorkerOf(registry);
        configureContainer?.Invoke(worker);
        return registry;
    }

    /// <summary>Adds the health worker as a project: it probes the servers, one worker at a time, instead of every copy of the registry. Needs Redis.</summary>
    /// <typeparam name="TProject">The HealthWorker.</typeparam>
    /// <param name="registry">The registry.</param>
    /// <param name="configureProject">What is done to it.</param>
    /// <param name="projectName">Its name. Default null: that of the registry and <c>-health-worker</c>.</param>
    /// <exception cref="DistributedApplicationException">At the start: the registry has no Redis.</exception>
    public static IResourceBuilder<McpRegistryProjectResource> WithHealthWorkerProject<TProject>(
        this IResourceBuilder<McpRegistryProjectResource> registry, Action<IResourceBuilder<ProjectResource>>? configureProject = null, string? projectName = null)
        where TProject : IProjectMetadata, new()
    {
        var worker = registry.ApplicationBuilder
            .AddProject<TProject>(NameOf(registry, projectName), options => options.ExcludeLaunchProfile = true)
            .AsHealthWorkerOf(registry)
            .WithFolderOfThisMachine();
        configureProject?.Invoke(worker);
        return registry;
    }

    private static string NameOf(IResourceBuilder<IResource> registry, string? name) => name ?? $"{registry.Resource.Name}-health-worker";

    private static IResourceBuilder<T> AsHealthWorkerOf<T>(this IResourceBuilder<T> worker, IResourceBuilder<IMcpRegistryResource> registry)
        where T : IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithProbes
    {
        var shared = RegistryAnnotation.Of(registry.Resource);
        registry.ApplicationBuilder.OnBeforeStart((_, _) => shared.HasRedis
            ? Task.CompletedTask
            : throw new DistributedApplicationException($"'{worker.Resource.Name}' finds the servers it watches in Redis, and '{registry.Resource.Name}' has none: call WithRedis, or leave the worker out."));
        return worker.WithRegistryDefaults(shared)
            .WithIconName("HeartPulse")
            // It serves nothing but its health.
            .WithUrlForEndpoint("http", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly);
    }
}
