using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.State;

/// <summary>The one writer of registrations: store first, then the snapshot.</summary>
internal sealed partial class ServiceRegistry(
    RegistryState state,
    IRegistryStore store,
    InstanceBuilder instances,
    LoadBalancingPolicySet policies,
    InstanceRetirement retirement,
    TimeProvider time,
    ILogger<ServiceRegistry> logger) : IServiceRegistry, IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Brings the stored registrations into the snapshot; called once, at the start.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        foreach (var registration in await store.ListAsync(cancellationToken)) Apply(registration);
    }

    /// <summary>Makes the instances of a service anew: where they are to run has changed, not what was asked for.</summary>
    public async Task RebuildAsync(string service, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        if (Find(service) is { } found) Apply(found.Registration);
    }

    public async Task<RegistryResult> RegisterAsync(ServiceRegistration registration, CancellationToken cancellationToken)
    {
        if (Refusal(registration) is { } refused) return refused;
        using var turn = await TakeTurnAsync(cancellationToken);
        if (Find(registration.Name) is not null) return new RegistryResult(RegistryResultKind.NameTaken);
        var now = time.GetUtcNow();
        return await StoreAsync(registration with { Origin = RegistrationOrigin.Api, Version = 1, CreatedAt = now, UpdatedAt = now }, store.TryAddAsync, RegistryResultKind.NameTaken, cancellationToken);
    }

    public async Task<RegistryResult> ReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        return await ReplaceInTurnAsync(registration, cancellationToken);
    }

    public async Task<RegistryResult> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        var before = Find(name);
        if (before is null) return new RegistryResult(RegistryResultKind.NotFound);
        if (before.Registration.Origin != RegistrationOrigin.Api) return new RegistryResult(RegistryResultKind.OwnedBySource, before.Registration);
        try { await store.TryRemoveAsync(name, cancellationToken); }
        catch (RegistryStoreException e) { return StoreFailed(e); }
        Drop(before);
        return new RegistryResult(RegistryResultKind.Done, before.Registration);
    }

    public async Task<ImmutableArray<RegistrationError>> ApplySourceAsync(RegistrationOrigin source, ImmutableArray<ServiceRegistration> registrations, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        var problems = ImmutableArray.CreateBuilder<RegistrationError>();
        var wanted = registrations.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in state.Current.Services.Values.Where(one => one.Registration.Origin == source && !wanted.Contains(one.Name))) Drop(gone);
        foreach (var registration in registrations)
        {
            var before = Find(registration.Name);
            if (before is not null && before.Registration.Origin != source)
            {
                problems.Add(new RegistrationError(registration.Name, $"A service of this name is there already (origin: {before.Registration.Origin.WireName()}); remove that one or rename the entry."));
                continue;
            }

            if (before is not null && RegistrationJson.SameAs(before.Registration, registration)) continue;
            var now = time.GetUtcNow();
            Apply(registration with { Origin = source, CreatedAt = before?.Registration.CreatedAt ?? now, UpdatedAt = now });
        }
        return problems.ToImmutable();
    }

    public async Task<RegistryResult> AddInstanceAsync(string service, Uri address, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        if (Find(service) is not { } before) return new RegistryResult(RegistryResultKind.NotFound);
        if (before.Instances.Any(one => one.Address == address)) return new RegistryResult(RegistryResultKind.NameTaken, before.Registration);
        var config = before.Registration.Config;
        var changed = before.Registration with { Config = config with { Instances = config.Instances.Add(address) } };
        return await ReplaceInTurnAsync(changed, cancellationToken);
    }

    public async Task<RegistryResult> RemoveInstanceAsync(string service, string instanceId, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        if (Find(service) is not { } before) return new RegistryResult(RegistryResultKind.NotFound);
        if (before.Instances.FirstOrDefault(one => one.InstanceId == instanceId)?.Address is not { } address) return new RegistryResult(RegistryResultKind.NotFound);
        var registration = before.Registration;
        var left = registration.Config.Instances.RemoveAll(one => one == address);
        // The base URL is an instance too; when it goes, the next one takes its place.
        var changed = registration.BaseUrl == address
            ? registration with { BaseUrl = left.FirstOrDefault(), Config = registration.Config with { Instances = left.IsEmpty ? left : left.RemoveAt(0) } }
            : registration with { Config = registration.Config with { Instances = left } };
        return await ReplaceInTurnAsync(changed, cancellationToken);
    }

    public async Task<RegistryResult> SetDrainingAsync(string service, string instanceId, bool draining, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        // Those of the registration, wherever they run: another process may have the children of a stdio service.
        if (Find(service) is not { } found || !InstanceIds.Of(found.Registration).Any(one => one.Id == instanceId)) return new RegistryResult(RegistryResultKind.NotFound);
        try { await store.SetDrainedAsync(new InstanceName(service, instanceId), draining, cancellationToken); }
        catch (RegistryStoreException e) { return StoreFailed(e); }
        if (found.Instances.FirstOrDefault(one => one.InstanceId == instanceId) is { } instance) instance.IsDraining = draining;
        state.RefreshCondition(service, draining ? "drained by an operator" : null);
        return new RegistryResult(RegistryResultKind.Done, Find(service)?.Registration);
    }

    public void Dispose() => _changing.Dispose();

    private async Task<RegistryResult> ReplaceInTurnAsync(ServiceRegistration registration, CancellationToken cancellationToken)
    {
        var before = Find(registration.Name);
        if (before is null) return new RegistryResult(RegistryResultKind.NotFound);
        if (before.Registration.Origin != RegistrationOrigin.Api) return new RegistryResult(RegistryResultKind.OwnedBySource, before.Registration);
        // Secrets that came back masked are put in first: a mask by itself is not valid.
        var changed = RegistrationJson.KeepSecrets(registration, before.Registration) with
        {
            Origin = RegistrationOrigin.Api,
            Version = before.Registration.Version + 1,
            CreatedAt = before.Registration.CreatedAt,
            UpdatedAt = time.GetUtcNow(),
        };
        if (Refusal(changed) is { } refused) return refused;
        return await StoreAsync(changed, store.TryReplaceAsync, RegistryResultKind.NotFound, cancellationToken);
    }

    private async Task<RegistryResult> StoreAsync(
        ServiceRegistration registration,
        Func<ServiceRegistration, CancellationToken, ValueTask<bool>> write,
        RegistryResultKind otherwise,
        CancellationToken cancellationToken)
    {
        try
        {
            if (!await write(registration, cancellationToken)) return new RegistryResult(otherwise);
        }
        catch (RegistryStoreException e) { return StoreFailed(e); }
        Apply(registration);
        return new RegistryResult(RegistryResultKind.Done, registration);
    }

    private static RegistryResult? Refusal(ServiceRegistration registration)
    {
        var errors = RegistrationValidator.Validate(registration);
        return errors.IsEmpty ? null : new RegistryResult(RegistryResultKind.Invalid) { Errors = errors };
    }

    private RegistryResult StoreFailed(RegistryStoreException e)
    {
        LogStoreFailed(logger, e);
        return new RegistryResult(RegistryResultKind.StoreUnavailable);
    }

    private ServiceSnapshot? Find(string name) => state.Current.Services.GetValueOrDefault(name);

    // Only the holder of the turn gets here, so what Find saw is what Update replaces.
    private void Apply(ServiceRegistration registration)
    {
        var before = Find(registration.Name);
        var (live, retired) = instances.Build(registration, before);
        var policy = before?.Registration.Config.LoadBalancing == registration.Config.LoadBalancing ? before.Policy : policies.Create(registration.Config.LoadBalancing);
        state.Update(
            registration.Name,
            now => now is null
                ? new ServiceSnapshot { Registration = registration, Policy = policy, Instances = live }
                : now with { Registration = registration, Policy = policy, Instances = live },
            (earlier, _) => new RegistryChange(earlier is null ? RegistryChangeKind.ServiceAdded : RegistryChangeKind.ServiceUpdated, registration.Name, 0));
        state.RefreshCondition(registration.Name);
        retirement.Retire(retired);
    }

    private void Drop(ServiceSnapshot service)
    {
        state.Remove(service.Name);
        retirement.Retire(service.Instances);
    }

    private async Task<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        return new Turn(_changing);
    }

    private readonly struct Turn(SemaphoreSlim changing) : IDisposable
    {
        public void Dispose() => changing.Release();
    }
}
