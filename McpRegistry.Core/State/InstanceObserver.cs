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
    UpstreamNotificationFeed notifications,
    GatewayIdentity? self = null,
    InstanceAudience? audience = null) : IInstanceObserver
{
    private const string Prefix = "notifications/";
    private const string ListChanged = "/list_changed";
    private const string LogMessage = "notifications/message";
    private const string Acknowledged = "notifications/subscriptions/acknowledged";
    private volatile bool _isSubscribed;

    public string? RefusalOf(InstanceConnection connection) => self?.RefusalOf(connection);

    public void Connected(InstanceConnection connection)
    {
        _isSubscribed = false;
        audience?.Connected();
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

    // What changed while nobody listened was told to nobody.
    public void ListensAgain() => catalogs.RequestRefresh(service);

    // The first of a connection comes with the first reading.
    public void Subscribed()
    {
        if (_isSubscribed) ListensAgain();
        _isSubscribed = true;
    }

    public void Notified(string method, ReadOnlyMemory<byte> message)
    {
        if (method.Length > Prefix.Length + ListChanged.Length && method.StartsWith(Prefix, StringComparison.Ordinal) && method.EndsWith(ListChanged, StringComparison.Ordinal)) catalogs.NoteChanged(service, ListsIn(method));
        else if (method == Acknowledged) Subscribed();
        else if (method != LogMessage || IsOfService()) notifications.Publish(service, method, message);
    }

    // One that was replaced may still speak, of calls that its successor knows nothing of.
    private bool IsOfService() => audience is null || (state.Current.Services.TryGetValue(service, out var now) && now.Instances.Any(one => one.Audience == audience));

    private static CatalogLists ListsIn(string method) => method[Prefix.Length..^ListChanged.Length] switch
    {
        "tools" => CatalogLists.Tools,
        "prompts" => CatalogLists.Prompts,
        "resources" => CatalogLists.Resources,
        _ => CatalogLists.Tools | CatalogLists.Prompts | CatalogLists.Resources,
    };
}
