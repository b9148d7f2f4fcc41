using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Cluster;

/// <summary>Makes the clients of one replica among several: a stdio service with an address is one that another replica runs.</summary>
internal sealed class OwnerRelayClientFactory(InstanceClientFactory own, HttpInstanceClientFactory http, StdioOwners owners, RelaySeal seal, TimeProvider time)
    : IInstanceClientFactory
{
    public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer)
    {
        if (address is null || registration.Protocol != ServiceProtocol.Stdio) return own.Create(registration, instanceId, address, observer);
        var stamp = new OwnerRelayStamp(seal, StdioOwners.ReplicaOf(instanceId));
        return new OwnerRelayClient(http.Create(registration, instanceId, address, new OwnerRelayObserver(observer), stamp), () => owners.Doubt(registration.Name), time);
    }
}
