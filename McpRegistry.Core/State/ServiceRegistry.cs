using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Limits;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.State;

/// <summary>
/// Changes registrations: store first, then the snapshot. Where another process was faster, what it stored is taken into the snapshot
/// and the change is made to that.
/// </summary>
internal sealed partial class ServiceRegistry(
    LiveRegistrations live,
    IRegistryStore store,
    RegistryFreshness freshness,
    OwnWrites writes,
    TimeProvider time,
    ILogger<ServiceRegistry> logger,
    IOptions<RegistrationOptions>? limits = null) : IServiceRegistry
{
    // Each try that fails is a success of another process.
    private const int MostTries = 25;

    private readonly RegistrationRoom _room = new(limits ?? Options.Create(new RegistrationOptions()));

    /// <summary>Brings what an embedded store holds into the snapshot; called once, at the start.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        live.SetDrained([.. await store.ListDrainedAsync(cancellationToken)]);
        foreach (var registration in await store.ListAsync(cancellationToken))
        {
            // One that was stored when there were other policies must not keep the others away.
            try { live.Put(registration); }
            catch (Exception unusable) { LogUnusable(logger, unusable, registration.Name); }
        }
    }

    /// <summary>Makes the instances of a service anew: where they are to run has changed, not what was asked for.</summary>
    public async Task RebuildAsync(string service, CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        live.Rebuild(service);
    }

    public async Task<RegistryResult> RegisterAsync(ServiceRegistration registration, CancellationToken cancellationToken)
    {
        if (Refusal(registration) is { } refused) return refused;
        return await WriteAsync(registration.Name, AddAsync, cancellationToken);

        async ValueTask<RegistryResult?> AddAsync()
        {
            if (live.Find(registration.Name) is not null) return new RegistryResult(RegistryResultKind.NameTaken);
            var now = time.GetUtcNow();
            var added = registration with { Origin = RegistrationOrigin.Api, Version = 1, CreatedAt = now, UpdatedAt = now };
            if (NoRoom(added) is { } full) return full;
            return await store.TryAddAsync(added, cancellationToken) ? Stored(added) : null;
        }
    }

    public Task<RegistryResult> ReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) =>
        ChangeAsync(registration.Name, _ => new Change(registration), cancellationToken);

    public Task<RegistryResult> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        return WriteAsync(name, DeleteAsync, cancellationToken);

        async ValueTask<RegistryResult?> DeleteAsync()
        {
            // Also one that a more trusted service of the same name hides: nobody else could remove it.
            if (live.Find(name, RegistrationOrigin.Api) is not { } before) return Untouchable(live.Find(name)) ?? new RegistryResult(RegistryResultKind.NotFound);
            if (!await store.TryRemoveAsync(name, cancellationToken)) return null;
            live.Drop(name, RegistrationOrigin.Api);
            writes.Add(before);
            await ForgetDrainedAsync(name);
            return new RegistryResult(RegistryResultKind.Done, before);
        }
    }

    public async Task<ImmutableArray<RegistrationError>> ApplySourceAsync(RegistrationOrigin source, ImmutableArray<ServiceRegistration> registrations, CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        var problems = ImmutableArray.CreateBuilder<RegistrationError>();
        var wanted = registrations.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in live.Of(source).Where(one => !wanted.Contains(one.Name)).ToArray()) live.Drop(gone.Name, source);
        foreach (var registration in registrations)
        {
            var before = live.Find(registration.Name, source);
            var hidden = live.Find(registration.Name)?.Registration;
            if (before is null || !RegistrationJson.SameAs(before, registration))
            {
                var now = time.GetUtcNow();
                live.Put(registration with { Origin = source, CreatedAt = before?.CreatedAt ?? now, UpdatedAt = now });
            }

            if (live.Find(registration.Name)?.Registration is { } served && served.Origin != source)
                problems.Add(new RegistrationError(registration.Name, $"A more trusted service has this name (origin: {served.Origin.WireName()}): this one is kept, hidden and not served until that one is gone."));
            else if (hidden is not null && hidden.Origin != source) LogHides(logger, registration.Name, source.WireName(), hidden.Origin.WireName());
        }
        return problems.ToImmutable();
    }

    public Task<RegistryResult> AddInstanceAsync(string service, Uri address, CancellationToken cancellationToken) => ChangeAsync(
        service,
        before =>
        {
            if (before.Instances.Any(one => one.Address == address)) return new Change(RegistryResultKind.NameTaken);
            var config = before.Registration.Config;
            var wider = before.Registration with { Config = config with { Instances = config.Instances.Add(address) } };
            return SecretOrigins.Has(wider) && !SecretOrigins.Cover(before.Registration, wider)
                ? new Change(new RegistrationError("base_url", SecretOrigins.PutAgain))
                : new Change(wider);
        },
        cancellationToken);

    public Task<RegistryResult> RemoveInstanceAsync(string service, string instanceId, CancellationToken cancellationToken) => ChangeAsync(
        service,
        before =>
        {
            // Where another process runs a stdio service is no part of its registration.
            if (before.Registration.Protocol == ServiceProtocol.Stdio) return new Change(RegistryResultKind.NotFound);
            if (before.Instances.FirstOrDefault(one => one.InstanceId == instanceId)?.Address is not { } address) return new Change(RegistryResultKind.NotFound);
            var registration = before.Registration;
            var left = registration.Config.Instances.RemoveAll(one => one == address);
            // The base URL is an instance too; when it goes, the next one takes its place.
            return new Change(registration.BaseUrl == address
                ? registration with { BaseUrl = left.FirstOrDefault(), Config = registration.Config with { Instances = left.IsEmpty ? left : left.RemoveAt(0) } }
                : registration with { Config = registration.Config with { Instances = left } });
        },
        cancellationToken);

    public Task<RegistryResult> SetDrainingAsync(string service, string instanceId, bool draining, CancellationToken cancellationToken)
    {
        return WriteAsync(service, DrainAsync, cancellationToken);

        async ValueTask<RegistryResult?> DrainAsync()
        {
            // Those of the registration, wherever they run: another process may have the children of a stdio service.
            if (live.Find(service) is not { } found || !InstanceIds.Of(found.Registration).Any(one => one.Id == instanceId)) return new RegistryResult(RegistryResultKind.NotFound);
            await NoteDrainedAsync(new InstanceName(service, instanceId), draining, cancellationToken);
            return new RegistryResult(RegistryResultKind.Done, live.Find(service)?.Registration);
        }
    }

    private Task<RegistryResult> ChangeAsync(string name, Func<ServiceSnapshot, Change> change, CancellationToken cancellationToken)
    {
        return WriteAsync(name, ReplaceAsync, cancellationToken);

        async ValueTask<RegistryResult?> ReplaceAsync()
        {
            var before = live.Find(name);
            if (Untouchable(before) is { } refused) return refused;
            var wanted = change(before!);
            if (wanted.Registration is null) return new RegistryResult(wanted.Otherwise, before!.Registration) { Errors = wanted.Error is { } error ? [error] : [] };
            var stored = before!.Registration;
            // Secrets that came back masked are put in first: a mask by itself is not valid.
            var changed = RegistrationJson.KeepSecrets(wanted.Registration, stored) with
            {
                Origin = RegistrationOrigin.Api,
                Version = stored.Version + 1,
                CreatedAt = stored.CreatedAt,
                UpdatedAt = time.GetUtcNow(),
            };
            if ((Refusal(changed) ?? NoRoom(changed)) is { } invalid) return invalid;
            if (!await store.TryReplaceAsync(changed, cancellationToken)) return null;
            var result = Stored(changed);
            await ForgetDrainedAsync(name);
            return result;
        }
    }

    /// <summary>Writes in the turn.</summary>
    /// <param name="name">The service.</param>
    /// <param name="write">Null: the store holds something else than the snapshot; it is tried again with what it holds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task<RegistryResult> WriteAsync(string name, Func<ValueTask<RegistryResult?>> write, CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        if (!freshness.IsInStep) return new RegistryResult(RegistryResultKind.StoreUnavailable);
        try
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                if (await write() is { } result) return result;
                await LearnAsync(name, cancellationToken);
            }
            LogContended(logger, name);
        }
        catch (RegistryStoreException e) { LogStoreFailed(logger, e); }
        return new RegistryResult(RegistryResultKind.StoreUnavailable);
    }

    private async ValueTask LearnAsync(string name, CancellationToken cancellationToken)
    {
        var stored = (await store.ListAsync(cancellationToken)).FirstOrDefault(one => one.Name == name);
        if (stored is null) live.Drop(name, RegistrationOrigin.Api);
        else live.Put(stored);
    }

    private RegistryResult Stored(ServiceRegistration registration)
    {
        live.Put(registration);
        writes.Add(registration);
        return new RegistryResult(RegistryResultKind.Done, registration);
    }

    // An instance that comes back under an old address is a new one, and nobody would look for why it gets no calls.
    private async ValueTask ForgetDrainedAsync(string name)
    {
        // Those of the registration, not those seen here: another process may have the children of a stdio service.
        string[] left = live.Find(name) is { } service ? [.. InstanceIds.Of(service.Registration).Select(one => one.Id)] : [];
        try
        {
            // The change itself is stored: whoever asked for it may be gone.
            foreach (var gone in live.Drained.Where(one => one.Service == name && !left.Contains(one.Instance))) await NoteDrainedAsync(gone, drained: false, CancellationToken.None);
        }
        catch (RegistryStoreException e) { LogMarkLeft(logger, name, e.Message); }
    }

    private async ValueTask NoteDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken)
    {
        await store.SetDrainedAsync(instance, drained, cancellationToken);
        live.SetDrained(drained ? live.Drained.Add(instance) : live.Drained.Remove(instance));
        writes.Add(instance);
    }

    private RegistryResult? Refusal(ServiceRegistration registration)
    {
        if (live.RefusalOf(registration with { Origin = RegistrationOrigin.Api }) is { } reason) return new RegistryResult(RegistryResultKind.NotAllowed) { Reason = reason };
        var errors = RegistrationValidator.Validate(registration, live.Policies);
        if (!store.KeepsSecrets) errors = errors.AddRange(LiteralSecrets.In(registration));
        if (_room.TooLarge(registration) is { } tooLarge) errors = errors.Add(tooLarge);
        return errors.IsEmpty ? null : new RegistryResult(RegistryResultKind.Invalid) { Errors = errors };
    }

    private RegistryResult? NoRoom(ServiceRegistration registration) =>
        _room.Full(registration, live.Services.Select(one => one.Registration)) is { } full
            ? new RegistryResult(RegistryResultKind.NoRoom) { Errors = [new RegistrationError(registration.Name, full)] }
            : null;

    private static RegistryResult? Untouchable(ServiceSnapshot? service) => service switch
    {
        null => new RegistryResult(RegistryResultKind.NotFound),
        { Registration: { Origin: not RegistrationOrigin.Api } owned } => new RegistryResult(RegistryResultKind.OwnedBySource, owned),
        _ => null,
    };

    /// <summary>What a registration is to become, or why it stays as it is.</summary>
    private readonly record struct Change(ServiceRegistration? Registration, RegistryResultKind Otherwise)
    {
        public Change(ServiceRegistration registration) : this(registration, RegistryResultKind.Done) { }

        public Change(RegistryResultKind otherwise) : this(null, otherwise) { }

        public Change(RegistrationError error) : this(null, RegistryResultKind.Invalid) => Error = error;

        public RegistrationError? Error { get; }
    }
}
