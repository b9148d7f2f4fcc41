using System.Collections.Concurrent;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Limits;
using McpRegistry.Core.Health;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.State;

/// <summary>The one owner of the current snapshot. Readers take <see cref="Current"/>; writers swap it under one lock and tell the subscribers.</summary>
/// <param name="logger">Hears of subscribers that throw. Null: nobody does.</param>
/// <param name="options">How large merged lists may become. Null: the default.</param>
public sealed partial class RegistryState(ILogger<RegistryState>? logger = null, IOptions<CatalogOptions>? options = null)
{
    private const string OfEarlierTime = "Its lists are those of the last start until they are read.";

    private readonly Lock _writing = new();
    private readonly Lock _telling = new();
    private readonly ConcurrentQueue<RegistryChange> _untold = new();
    private volatile RegistrySnapshot _current = RegistrySnapshot.Begin(options?.Value.MaxMergedBytes ?? CatalogOptions.DefaultMergedBytes);
    private volatile Action<RegistryChange>[] _subscribers = [];

    /// <summary>The current view.</summary>
    public RegistrySnapshot Current => _current;

    /// <summary>
    /// Calls <paramref name="subscriber"/> after each change, in the order of their versions and never two at a time, on a thread that
    /// changes something: it must return at once. What it throws reaches neither the others nor the writer. Dispose to stop.
    /// </summary>
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
        lock (_writing)
        {
            var services = _current.Services;
            var before = services.GetValueOrDefault(name);
            var after = change(before);
            if (after is null || ReferenceEquals(before, after)) return;
            var told = describe(before, after);
            _current = _current.Next(services.SetItem(name, after), ChangeOf(before, after));
            if (told is null) return;
            _untold.Enqueue(told with { Version = _current.Version });
        }
        Tell();
    }

    /// <summary>Removes a service; false when there was none.</summary>
    public bool Remove(string name)
    {
        lock (_writing)
        {
            if (!_current.Services.ContainsKey(name)) return false;
            _current = _current.Next(_current.Services.Remove(name), CatalogChange.Lists);
            _untold.Enqueue(new RegistryChange(RegistryChangeKind.ServiceRemoved, name, _current.Version, CatalogLists.Tools | CatalogLists.Prompts | CatalogLists.Resources));
        }
        Tell();
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
        if (service.Refusal is { } refusal) return (ServiceCondition.NotAllowed, refusal);
        if (service.Registration.Hold is { IsStarted: false } hold) return (ServiceCondition.AwaitingApproval, hold.Reason);
        if (service.Instances.Any(one => one.IsAvailable))
            return CatalogStanding.Of(service.Catalog) is { } missing ? (ServiceCondition.Degraded, missing) : (ServiceCondition.Ready, ServiceHealth.Of(service).Refusal ?? service.Registration.Hold?.Reason);
        if (reason is null && service.Condition is ServiceCondition.Starting or ServiceCondition.Degraded && service.Catalog.IsOfEarlierTime) return (ServiceCondition.Degraded, OfEarlierTime);
        if (reason is null && service.Condition == ServiceCondition.Starting) return (ServiceCondition.Starting, service.Reason);
        if (reason is null && service.Condition == ServiceCondition.AwaitingApproval) return (ServiceCondition.Starting, null);
        // What its lists lacked while it was there is no reason for its being away.
        return (ServiceCondition.Unavailable, reason ?? (service.Condition is ServiceCondition.Degraded or ServiceCondition.NotAllowed ? null : service.Reason));
    }

    // The merged catalog names services that are away, so it also changes with their condition.
    private static CatalogChange ChangeOf(ServiceSnapshot? before, ServiceSnapshot after) =>
        !(before?.Catalog ?? ServiceCatalog.Empty).ShowsTheSameAs(after.Catalog) || before?.Registration.Config.ShowInstructions != after.Registration.Config.ShowInstructions ? CatalogChange.Lists
            : before?.Condition != after.Condition ? CatalogChange.Standing
            : CatalogChange.None;

    // One thread tells at a time, and nobody waits for it: whoever comes meanwhile, be it a subscriber that changes something itself,
    // leaves its change to it. Under the lock of the writers a subscriber that waits for one would wait for ever.
    private void Tell()
    {
        while (!_untold.IsEmpty)
        {
            if (_telling.IsHeldByCurrentThread || !_telling.TryEnter()) return;
            try
            {
                while (_untold.TryDequeue(out var change)) Tell(change);
            }
            finally { _telling.Exit(); }
        }
    }

    private void Tell(RegistryChange change)
    {
        foreach (var subscriber in _subscribers)
        {
            try { subscriber(change); }
            catch (Exception fault)
            {
                if (logger is not null) LogSubscriberThrew(logger, fault, change.Kind, change.Service);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Somebody who was told of a change threw ({Kind}, {Service}); the change stands and the others were told", EventName = "SubscriberThrew")]
    private static partial void LogSubscriberThrew(ILogger logger, Exception fault, RegistryChangeKind kind, string service);

    private sealed class Subscription(RegistryState state, Action<RegistryChange> subscriber) : IDisposable
    {
        public void Dispose()
        {
            lock (state._writing) state._subscribers = [.. state._subscribers.Where(one => one != subscriber)];
        }
    }
}
