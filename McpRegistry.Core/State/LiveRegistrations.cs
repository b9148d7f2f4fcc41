using System.Collections.Immutable;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State.Admission;

namespace McpRegistry.Core.State;

/// <summary>
/// Brings registrations and drained instances into the snapshot, wherever they come from. Whoever stores or reads them takes the turn
/// first and keeps it until they are in, so that nothing older ever replaces something newer. Of several with one name the most trusted
/// origin is served (<see cref="NameClaims"/>), whoever came first.
/// </summary>
internal sealed class LiveRegistrations(
    RegistryState state, InstanceBuilder instances, LoadBalancingPolicySet policies, InstanceRetirement retirement, ILastKnownCatalogs? lastKnown = null, AdmissionRule? rule = null) : IDisposable
{
    private const string DrainedReason = "drained by an operator";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly NameClaims _claims = new();

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

    /// <summary>What is served under a name. Null: nothing.</summary>
    public ServiceSnapshot? Find(string name) => state.Current.Services.GetValueOrDefault(name);

    /// <summary>The registration of one origin, be it served or hidden by another. Null: there is none.</summary>
    public ServiceRegistration? Find(string name, RegistrationOrigin origin) => _claims.Find(name, origin);

    /// <summary>All registrations of one origin, be they served or hidden by others.</summary>
    public IEnumerable<ServiceRegistration> Of(RegistrationOrigin origin) => _claims.Of(origin);

    /// <summary>Why nothing would be started or called for it. Null: it would.</summary>
    public string? RefusalOf(ServiceRegistration registration) => rule?.Refusal(registration);

    /// <summary>Adds a registration or replaces the one of its origin.</summary>
    /// <returns>True when it is served now. False: another origin's of the same name is, and hides it.</returns>
    public bool Put(ServiceRegistration registration)
    {
        var before = _claims.Find(registration.Name, registration.Origin);
        _claims.Put(registration);
        try { Serve(registration.Name); }
        catch
        {
            // One that cannot be served must not stand in the way of what was.
            if (before is null) _claims.Drop(registration.Name, registration.Origin);
            else _claims.Put(before);
            throw;
        }
        return ReferenceEquals(_claims.Winner(registration.Name), registration);
    }

    /// <summary>Removes the registration of one origin, if it is there; what it hid is served again.</summary>
    public void Drop(string name, RegistrationOrigin origin)
    {
        if (_claims.Drop(name, origin)) Serve(name);
    }

    /// <summary>Makes the instances of a service anew: where they are to run has changed, not what was asked for.</summary>
    public void Rebuild(string name)
    {
        if (_claims.Winner(name) is not null) Serve(name);
    }

    private void Serve(string name)
    {
        if (_claims.Winner(name) is not { } registration)
        {
            Remove(name);
            return;
        }
        var before = Find(name);
        var shadowed = _claims.Shadowed(name);
        if (before is not null && ReferenceEquals(before.Registration, registration) && !before.Shadowed.SequenceEqual(shadowed))
        {
            state.Update(name, now => now! with { Shadowed = shadowed }, (_, _) => new RegistryChange(RegistryChangeKind.ServiceUpdated, name, 0));
            return;
        }
        Show(registration, shadowed, before);
    }

    /// <summary>Adds a service or replaces it; its drained instances are drained from their first moment.</summary>
    private void Show(ServiceRegistration registration, ImmutableArray<ServiceRegistration> shadowed, ServiceSnapshot? before)
    {
        var refusal = RefusalOf(registration);
        var (live, retired) = refusal is null ? instances.Build(registration, before) : ([], before?.Instances ?? []);
        foreach (var instance in live) instance.IsDraining = Drained.Contains(NameOf(instance));
        var known = refusal is not null ? ServiceCatalog.Empty
            : before is null ? lastKnown?.Take(registration) : StillKnown(before, registration, live);
        var policy = before?.Registration.Config.LoadBalancing == registration.Config.LoadBalancing ? before.Policy : policies.Create(registration.Config.LoadBalancing);
        state.Update(
            registration.Name,
            now => now is null
                ? new ServiceSnapshot { Registration = registration, Policy = policy, Instances = live, Catalog = known ?? ServiceCatalog.Empty, Refusal = refusal, Shadowed = shadowed }
                : now with { Registration = registration, Policy = policy, Instances = live, Catalog = known ?? now.Catalog, Refusal = refusal, Shadowed = shadowed },
            (earlier, later) => new RegistryChange(
                earlier is null ? RegistryChangeKind.ServiceAdded : RegistryChangeKind.ServiceUpdated,
                registration.Name,
                0,
                earlier is null ? CatalogLists.None : CatalogDifference.Between(earlier.Catalog, later.Catalog)));
        state.RefreshCondition(registration.Name, live.Length > 0 && live.All(one => one.IsDraining) ? DrainedReason : null);
        retirement.Retire(retired);
    }

    private void Remove(string name)
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
