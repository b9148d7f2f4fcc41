using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;

namespace McpRegistry.Core.State;

/// <summary>The one owner of the current snapshot. Readers take <see cref="Current"/>; writers swap it under one lock and tell the subscribers.</summary>
public sealed class RegistryState
{
    private readonly Lock _writing = new();
    private volatile RegistrySnapshot _current = RegistrySnapshot.Empty;
    private volatile Action<RegistryChange>[] _subscribers = [];

    /// <summary>The current view.</summary>
    public RegistrySnapshot Current => _current;

    /// <summary>Calls <paramref name="subscriber"/> after each change, on the changing thread: it must return at once. Dispose to stop.</summary>
    public IDisposable Subscribe(Action<RegistryChange> subscriber)
    {
        lock (_writing) _subscribers = [.. _subscribers, subscriber];
        return new Subscription(this, subscriber);
    }

    /// <summary>Adds a service or replaces it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">Makes the new view of the old one (null: there was none); null leaves everything as it is.</param>
    /// <param name="describe">What to tell the subscribers of it.</param>
    public void Update(string name, Func<ServiceSnapshot?, ServiceSnapshot?> change, Func<ServiceSnapshot?, ServiceSnapshot, RegistryChange?> describe)
    {
        RegistryChange? told;
        lock (_writing)
        {
            var services = _current.Services;
            var before = services.GetValueOrDefault(name);
            var after = change(before);
            if (after is null || ReferenceEquals(before, after)) return;
            told = describe(before, after);
            _current = _current.Next(services.SetItem(name, after), ChangeOf(before, after));
            if (told is not null) told = told with { Version = _current.Version };
        }
        Tell(told);
    }

    /// <summary>Removes a service; false when there was none.</summary>
    public bool Remove(string name)
    {
        RegistryChange told;
        lock (_writing)
        {
            if (!_current.Services.ContainsKey(name)) return false;
            _current = _current.Next(_current.Services.Remove(name), CatalogChange.Lists);
            told = new RegistryChange(RegistryChangeKind.ServiceRemoved, name, _current.Version, CatalogLists.Tools | CatalogLists.Prompts | CatalogLists.Resources);
        }
        Tell(told);
        return true;
    }

    /// <summary>Looks at a service's instances and lists again and says how it stands. Call it when an instance became available or unavailable, or when lists were read.</summary>
    /// <param name="name">The service.</param>
    /// <param name="reason">Why it is away, if it is.</param>
    public void RefreshCondition(string name, string? reason = null) => Update(
        name,
        before =>
        {
            if (before is null) return null;
            var (condition, why) = StandingOf(before, reason);
            return condition == before.Condition && why == before.Reason ? before : before with { Condition = condition, Reason = why };
        },
        (_, after) => new RegistryChange(RegistryChangeKind.HealthChanged, name, 0, Reason: after.Reason));

    private static (ServiceCondition Condition, string? Reason) StandingOf(ServiceSnapshot service, string? reason)
    {
        if (service.Instances.Any(one => one.IsAvailable))
            return CatalogStanding.Of(service.Catalog) is { } missing ? (ServiceCondition.Degraded, missing) : (ServiceCondition.Ready, ServiceHealth.Of(service).Refusal);
        if (reason is null && service.Condition == ServiceCondition.Starting) return (ServiceCondition.Starting, service.Reason);
        // What its lists lacked while it was there is no reason for its being away.
        return (ServiceCondition.Unavailable, reason ?? (service.Condition == ServiceCondition.Degraded ? null : service.Reason));
    }

    // The merged catalog names services that are away, so it also changes with their condition.
    private static CatalogChange ChangeOf(ServiceSnapshot? before, ServiceSnapshot after) =>
        !(before?.Catalog ?? ServiceCatalog.Empty).ShowsTheSameAs(after.Catalog) ? CatalogChange.Lists
            : before?.Condition != after.Condition ? CatalogChange.Standing
            : CatalogChange.None;

    private void Tell(RegistryChange? change)
    {
        if (change is null) return;
        foreach (var subscriber in _subscribers) subscriber(change);
    }

    private sealed class Subscription(RegistryState state, Action<RegistryChange> subscriber) : IDisposable
    {
        public void Dispose()
        {
            lock (state._writing) state._subscribers = [.. state._subscribers.Where(one => one != subscriber)];
        }
    }
}
