using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;
using Aspire.Hosting.Kubernetes;

using McpRegistry.AppHost.Registry;

namespace McpRegistry.AppHost.Publishing;

/// <summary>Where the model goes when it is published.</summary>
internal static class PublishTargetExtensions
{
    /// <summary>Reads <c>--target compose|kubernetes|azure</c>. Without one the model is published as the manifest that azd reads.</summary>
    public static void AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode) return;
        switch (builder.Configuration["target"])
        {
            case null or "":
                break;
            case "compose":
                builder.AddCompose();
                break;
            case "kubernetes":
                builder.AddKubernetes();
                break;
            case "azure":
                // With it, probes and replicas reach Container Apps; azd alone would make an environment that knows neither.
                builder.AddAzureContainerAppEnvironment("azure").WithAzdResourceNaming();
                break;
            case var unknown:
                throw new DistributedApplicationException($"--target is compose, kubernetes or azure, not '{unknown}'.");
        }
    }

    private static void AddCompose(this IDistributedApplicationBuilder builder) =>
        builder.AddDockerComposeEnvironment("compose").ConfigureComposeFile(file =>
        {
            foreach (var process in builder.Resources.OfType<ProjectResource>())
            {
                var service = file.Services[process.Name];
                // Two copies cannot share a port of the machine, so what people reach runs once.
                if (process.TryGetLastAnnotation<MachinePortAnnotation>(out var machine)) service.Ports.Add($"127.0.0.1:{machine.Port}:{RegistryProcessExtensions.ContainerPort}");
                else if (process.GetReplicaCount() is > 1 and var replicas) service.Deploy = new Deploy { Replicas = replicas };
            }
        });

    private static void AddKubernetes(this IDistributedApplicationBuilder builder)
    {
        // The default, emptyDir, loses the registry with the pod.
        builder.AddKubernetesEnvironment("kubernetes").WithProperties(environment => environment.DefaultStorageType = "pvc");
        builder.OnBeforeStart((_, _) =>
        {
            foreach (var resource in builder.Resources.Where(one => one.HasAnnotationOfType<ProbeAnnotation>()))
                resource.Annotations.Add(new KubernetesServiceCustomizationAnnotation(SpellProbeSchemes));
            return Task.CompletedTask;
        });
    }

    // Aspire 13.5 writes "http"; Kubernetes takes only "HTTP" and refuses the whole deployment. Can go when Aspire writes it so.
    private static void SpellProbeSchemes(KubernetesResource resource)
    {
        foreach (var container in resource.Workload?.PodTemplate.Spec.Containers ?? [])
            foreach (var probe in new[] { container.ReadinessProbe, container.LivenessProbe, container.StartupProbe })
                if (probe?.HttpGet is { } request) request.Scheme = request.Scheme.ToUpperInvariant();
    }
}

/// <summary>Where people find the process when it is published to one machine.</summary>
/// <param name="port">The port, on loopback only.</param>
internal sealed class MachinePortAnnotation(int port) : IResourceAnnotation
{
    public int Port { get; } = port;
}
