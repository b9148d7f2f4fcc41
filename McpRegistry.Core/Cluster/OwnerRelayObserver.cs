using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Cluster;

/// <summary>Hears a service that another replica runs. That the replica is a gateway, and may relay other services to this one, is as it should be.</summary>
internal sealed class OwnerRelayObserver(IInstanceObserver inner) : IInstanceObserver
{
    public void Connected(InstanceConnection connection) => inner.Connected(connection);

    public void Disconnected(string reason) => inner.Disconnected(reason);

    public void ListensAgain() => inner.ListensAgain();

    public void Subscribed() => inner.Subscribed();

    public void Notified(string method, ReadOnlyMemory<byte> message) => inner.Notified(method, message);
}
