using Aspire.Hosting.Azure;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;
using Aspire.Hosting.Kubernetes;

namespace McpRegistry.AppHost.Publishing;

/// <summary>Docker Compose, Kubernetes and Container Apps; compiled with <c>-p:PublishTargets=true</c> only.</summary>
internal static partial class PublishTargetExtensions
{
    private const string ComposeDashboard = "compose-dashboard";
    private const int DashboardPort = 18888;

    // Where the images of the registry listen.
    private const int ContainerPort = 8080;

    static partial void Add(IDistributedApplicationBuilder builder, string target, ref bool isAdded)
    {
        isAdded = true;
        if (target == "compose") builder.AddCompose();
        else if (target == "kubernetes") builder.AddKubernetes();
        else builder.AddContainerApps();
    }

    private static void AddCompose(this IDistributedApplicationBuilder builder) =>
        builder.AddDockerComposeEnvironment("compose").ConfigureComposeFile(file =>
        {
            // Left alone, what crashes stays down and nothing comes back with the machine.
            foreach (var service in file.Services.Values) service.Restart = "always";
            // It shows what was called with what; Aspire would offer it to the whole network, at a port that changes.
            file.Services[ComposeDashboard].Ports = [$"127.0.0.1:{DashboardPort}:{DashboardPort}"];
            foreach (var process in builder.Resources.OfType<ProjectResource>())
            {
                var service = file.Services[process.Name];
                // Two copies cannot share a port of the machine, so what people reach runs once.
                if (process.TryGetLastAnnotation<MachinePortAnnotation>(out var machine)) service.Ports.Add($"127.0.0.1:{machine.Port}:{ContainerPort}");
                else if (process.GetReplicaCount() is > 1 and var replicas) service.Deploy = new Deploy { Replicas = replicas };
            }
            foreach (var process in Ours(builder)) file.Services[process.Name].Confine();
        });

    private static void AddContainerApps(this IDistributedApplicationBuilder builder)
    {
        // With it, probes and replicas reach Container Apps; azd alone would make an environment that knows neither.
        builder.AddAzureContainerAppEnvironment("azure").WithAzdResourceNaming();
        // Under load Container Apps would make up to ten of each. Copies of Redis share no data, copies of a bridge no sessions.
        builder.OnBeforeStart((_, _) =>
        {
            foreach (var resource in builder.Resources.Where(one => one is ProjectResource or ContainerResource))
                resource.Annotations.Add(new AzureContainerAppCustomizationAnnotation((_, app) => app.Template.Scale.MaxReplicas = resource.GetReplicaCount()));
            return Task.CompletedTask;
        });
    }

    private static void AddKubernetes(this IDistributedApplicationBuilder builder)
    {
        // The default, emptyDir, loses the registry with the pod.
        builder.AddKubernetesEnvironment("kubernetes").WithProperties(environment => environment.DefaultStorageType = "pvc");
        builder.OnBeforeStart((_, _) =>
        {
            foreach (var process in Ours(builder))
            {
                process.Annotations.Add(new KubernetesServiceCustomizationAnnotation(SpellProbeSchemes));
                process.Annotations.Add(new KubernetesServiceCustomizationAnnotation(resource => resource.Confine(process.Name)));
            }
            return Task.CompletedTask;
        });
    }

    // Api, worker and bridges; Redis has an image of its own, which begins as root.
    private static IEnumerable<IResource> Ours(IDistributedApplicationBuilder builder) => builder.Resources.Where(one => one.HasAnnotationOfType<ProbeAnnotation>());

    // Aspire 13 writes "http"; Kubernetes takes only "HTTP" and refuses the whole deployment. Can go when Aspire writes it so.
    private static void SpellProbeSchemes(KubernetesResource resource)
    {
        foreach (var container in resource.Workload?.PodTemplate.Spec.Containers ?? [])
            foreach (var probe in new[] { container.ReadinessProbe, container.LivenessProbe, container.StartupProbe })
                if (probe?.HttpGet is { } request) request.Scheme = request.Scheme.ToUpperInvariant();
    }
}
