using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Cluster;

/// <summary>A worker starts no child processes: those of stdio services are the gateways' own, and how they are nobody else can say.</summary>
internal sealed class LeaderPlacement : IInstancePlacement
{
    public IEnumerable<(string Id, Uri? Address)> InstancesOf(ServiceRegistration registration) =>
        registration.Protocol == ServiceProtocol.Stdio ? [] : InstanceIds.Of(registration);
}
