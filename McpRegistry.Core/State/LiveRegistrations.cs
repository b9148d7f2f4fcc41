using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.State;

/// <summary>
/// Brings registrations and drained instances into the snapshot, wherever they come from. Whoever stores or reads them takes the turn
/// first and keeps it until they are in, so that nothing older ever replaces something newer.
/// </summary>
internal sealed class LiveRegistrations(RegistryState state, InstanceBuilder instances, LoadBalancingPolicySet policies, InstanceRetirement retirement, ILastKnownCatalogs? lastKnown = null) : IDisposable
{
    private const string DrainedReason = "drained by an operator";

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>All services.</summary>
    public IEnumerable<ServiceSnapshot> Services => state.Current.Services.Values;

    /// <summary>How calls may be spread.</summary>
    public LoadBalancingPolicySet Policies => policies;

    /// <summary>The drained instances, also of services that are not there.</summary>
    public ImmutableHashSet<InstanceName> Drained { get; private set; } = [];

    public async Task<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    public ServiceSnapshot? Find(string name) => state.Current.Services.GetValueOrDefault(name);

    /// <summary>Adds a service or replaces it; its drained instances are drained from their first moment.</summary>
    public void Put(ServiceRegistration registration)
    {
        var before = Find(registration.Name);
        var (live, retired) = instances.Build(registration, before);
        foreach (var instance in live) instance.IsDraining = Drained.Contains(NameOf(instance));
        var known = before is null ? lastKnown?.Take(registration) : StillKnown(before, registration, live);
        var policy = before?.Registration.Config.LoadBalancing == registration.Config.LoadBalancing ? before.Policy : policies.Create(registration.Config.LoadBalancing);
        state.Update(
            registration.Name,
            now => now is null
                ? new ServiceSnapshot { Registration = registration, Policy = policy, Instances = live, Catalog = known ?? ServiceCatalog.Empty }
                : now with { Registration = registration, Policy = policy, Instances = live, Catalog = known ?? now.Catalog },
            (earlier, later) => new RegistryChange(
                earlier is null ? RegistryChangeKind.ServiceAdded : RegistryChangeKind.ServiceUpdated,
                registration.Name,
                0,
                earlier is null ? CatalogLists.None : CatalogDifference.Between(earlier.Catalog, later.Catalog)));
        state.RefreshCondition(registration.Name, live.Length > 0 && live.All(one => one.IsDraining) ? DrainedReason : null);
        retirement.Retire(retired);
    }

    /// <summary>Removes a service, if it is there.</summary>
    public void Drop(string name)
    {
        if (Find(name) is not { } service) return;
        state.Remove(name);
        retirement.Retire(service.Instances);
    }

    /// <summary>Drains these instances and no others.</summary>
    public void SetDrained(ImmutableHashSet<InstanceName> drained)
    {
        var changed = Drained.SymmetricExcept(drained);
        Drained = drained;
        foreach (var name in changed)
        {
            var instance = Find(name.Service)?.Instances.FirstOrDefault(one => one.InstanceId == name.Instance);
            if (instance is null) continue;
            instance.IsDraining = drained.Contains(name);
            state.RefreshCondition(name.Service, instance.IsDraining ? DrainedReason : null);
        }
    }

    // Null: what is known of it holds. Where all instances are new it is of an earlier time; where they are another server's, it is wrong.
    private static ServiceCatalog? StillKnown(ServiceSnapshot before, ServiceRegistration registration, ImmutableArray<InstanceState> live)
    {
        if (live.Any(before.Instances.Contains)) return null;
        return ServerIdentity.Of(before.Registration) == ServerIdentity.Of(registration)
            ? before.Catalog with { Unread = ServiceCatalog.Empty.Unread }
            : ServiceCatalog.Empty;
    }

    public void Dispose() => _turn.Dispose();

    private static InstanceName NameOf(InstanceState instance) => new(instance.ServiceName, instance.InstanceId);

    /// <summary>Held while registrations change; dispose it to let the next one.</summary>
    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
