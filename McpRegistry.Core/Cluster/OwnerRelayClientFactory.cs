using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Core.Cluster;

/// <summary>Makes the clients of one replica among several: a stdio service with an address is one that another replica runs.</summary>
internal sealed class OwnerRelayClientFactory(InstanceClientFactory own, HttpInstanceClientFactory http, StdioOwners owners, IReplicaDirectory replicas, TimeProvider time)
    : IInstanceClientFactory
{
    public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer)
    {
        if (address is null || registration.Protocol != ServiceProtocol.Stdio) return own.Create(registration, instanceId, address, observer);
        var relayed = registration with { Config = registration.Config with { Headers = registration.Config.Headers.SetItem(OwnerRelay.Header, replicas.Self) } };
        return new OwnerRelayClient(http.Create(relayed, instanceId, address, new OwnerRelayObserver(observer)), () => owners.Doubt(registration.Name), time);
    }
}
