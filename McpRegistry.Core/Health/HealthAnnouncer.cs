using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Health;

/// <summary>Tells the rest of the registry what was found of an instance: the snapshot, the catalog, the log and the metrics.</summary>
internal sealed partial class HealthAnnouncer(RegistryState state, ICatalogRefresher catalog, IOptions<HealthMonitorOptions> options, ILogger<HealthAnnouncer> logger)
{
    /// <summary>How often a watch asks whether the catalog should be read again.</summary>
    public TimeSpan CatalogInterval => options.Value.CatalogInterval;

    /// <summary>Raised after every probe and every change, on any thread: handlers must return at once.</summary>
    public event Action<InstanceState>? Announced;

    /// <summary>Puts the health of an instance into the snapshot.</summary>
    public void Announce(InstanceState instance)
    {
        HealthMetrics.RecordHealth(instance);
        Announced?.Invoke(instance);
        if (!state.Current.Services.TryGetValue(instance.ServiceName, out var service)) return;
        var health = ServiceHealth.Of(service);
        state.RefreshCondition(instance.ServiceName, health.Error);
    }

    /// <summary>Tells of a change. Returns at once: it may come from the middle of a call, and a new snapshot takes its time.</summary>
    public void AnnounceChange(InstanceState instance, HealthChange change)
    {
        HealthMetrics.RecordChange(instance, change);
        // That it is connected its client has said.
        if (change != HealthChange.Connected) Tell(instance, change);
        // Where it was, it may have become another.
        if (change == HealthChange.Recovered) catalog.RequestRefresh(instance.ServiceName);
        ThreadPool.UnsafeQueueUserWorkItem(AnnounceInBackground, instance, preferLocal: false);
    }

    /// <summary>True when lists of its service were never read, because there was nobody to ask when they should have been.</summary>
    public bool LacksCatalog(InstanceState instance) =>
        state.Current.Services.GetValueOrDefault(instance.ServiceName) is { } service && !service.Catalog.Unread.IsEmpty;

    /// <summary>It is time to read the lists again; one instance asks for the whole service.</summary>
    public void AnnounceCatalogAge(InstanceState instance)
    {
        var instances = state.Current.Services.GetValueOrDefault(instance.ServiceName)?.Instances ?? [];
        if (instances.FirstOrDefault(one => one.IsAvailable) == instance) catalog.RequestRefresh(instance.ServiceName);
    }

    /// <summary>A round of a watch threw; the watch goes on.</summary>
    public void AnnounceFault(InstanceState instance, Exception error) => LogRoundFailed(instance.ServiceName, instance.InstanceId, error);

    private void Tell(InstanceState instance, HealthChange change)
    {
        if (instance.Health.Status.Error is { } error) LogChangeFor(instance.ServiceName, instance.InstanceId, change, error);
        else LogChange(instance.ServiceName, instance.InstanceId, change);
    }

    private void AnnounceInBackground(InstanceState instance)
    {
        try { Announce(instance); }
        catch (Exception error) { AnnounceFault(instance, error); }
    }
}
