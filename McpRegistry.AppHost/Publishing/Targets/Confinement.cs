using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

using ComposeService = Aspire.Hosting.Docker.Resources.ComposeNodes.Service;

namespace McpRegistry.AppHost.Publishing;

/// <summary>What a published process of ours has no use for and so does not get: privileges, a disk of its own, the cluster's token, callers from elsewhere.</summary>
internal static class Confinement
{
    // Where they write: packages that npx and uvx load, and what a gateway remembers of Redis. Gone with the container.
    private static readonly (string Name, string Path)[] Writable = [("tmp", "/tmp"), ("home", "/home/app")];

    /// <summary>Compose: read-only but for two folders in memory, no capabilities.</summary>
    public static void Confine(this ComposeService service)
    {
        service.ReadOnly = true;
        service.Tmpfs = [.. Writable.Select(folder => $"{folder.Path}:mode=1777")];
        service.CapDrop = ["ALL"];
        service.SecurityOpt = ["no-new-privileges:true"];
    }

    /// <summary>Kubernetes: the same, as the profile "restricted" wants it, without a token, and reached by pods of the same release only.</summary>
    public static void Confine(this KubernetesResource resource, string component)
    {
        if (resource.Workload?.PodTemplate.Spec is not { } pod) return;
        pod.AutomountServiceAccountToken = false;
        foreach (var (name, _) in Writable) pod.Volumes.Add(new VolumeV1 { Name = name, EmptyDir = new EmptyDirVolumeSourceV1() });
        foreach (var container in pod.Containers)
        {
            foreach (var (name, path) in Writable) container.VolumeMounts.Add(new VolumeMountV1 { Name = name, MountPath = path });
            container.SecurityContext = new SecurityContextV1
            {
                RunAsNonRoot = true,
                ReadOnlyRootFilesystem = true,
                AllowPrivilegeEscalation = false,
                Capabilities = new CapabilitiesV1 { Drop = { "ALL" } },
                SeccompProfile = new SeccompProfileV1 { Type = "RuntimeDefault" },
            };
        }
        resource.AdditionalResources.Add(new NetworkPolicy(component));
    }
}
