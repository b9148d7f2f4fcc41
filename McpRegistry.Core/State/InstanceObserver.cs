using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.State;

/// <summary>Brings what an instance tells of itself to where it matters: its health, the catalog, the clients.</summary>
internal sealed class InstanceObserver(
    string service,
    InstanceHealth health,
    RegistryState state,
    ICatalogRefresher catalogs,
    UpstreamNotificationFeed notifications) : IInstanceObserver
{
    public void Connected(InstanceConnection connection)
    {
        health.RecordConnected();
        state.RefreshCondition(service);
        catalogs.RequestRefresh(service);
        notifications.PublishConnected(service);
    }

    public void Disconnected(string reason)
    {
        health.RecordDisconnected(reason);
        state.RefreshCondition(service, reason);
    }

    public void Notified(string method, ReadOnlyMemory<byte> message)
    {
        if (method.StartsWith("notifications/", StringComparison.Ordinal) && method.EndsWith("/list_changed", StringComparison.Ordinal)) catalogs.RequestRefresh(service);
        else notifications.Publish(service, method, message);
    }
}
