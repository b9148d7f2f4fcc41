using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Keeps the snapshot what the shared store says, and the store from forgetting what the snapshot has. It reads while it holds the
/// turn: what was read before a write of this process must not come into the snapshot after it.
/// </summary>
internal sealed partial class SharedView(ISharedRegistry store, LiveRegistrations live, OwnWrites writes, IOptions<ClusterOptions> options, ILogger<SharedView> logger)
{
    // Each try that fails is a success of another process.
    private const int MostTries = 5;

    private SharedContent? _recalled;
    private SharedPosition? _position;

    /// <summary>Where the snapshot stands. Null: nothing was read or recalled yet.</summary>
    public SharedPosition? Position => _recalled is { } recalled ? recalled.Position : _position;

    /// <summary>Takes what this process knew in an earlier life, as a measure for what the store says; not into the snapshot yet.</summary>
    public void Recall(SharedContent content) => _recalled = content;

    /// <summary>Brings what was recalled into the snapshot, since the store is away. False: there is nothing.</summary>
    public async Task<bool> ServeRecalledAsync(CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        if (_recalled is not { } recalled) return false;
        Apply(recalled);
        return true;
    }

    /// <summary>What the snapshot holds of the store.</summary>
    public async Task<SharedContent> CopyAsync(CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        return Known();
    }

    /// <summary>Asks only where the store stands. False: everything is to be read.</summary>
    public async Task<bool> IsUpToDateAsync(CancellationToken cancellationToken)
    {
        var found = await store.PositionAsync(cancellationToken);
        return found is not null && found == Position;
    }

    /// <summary>Reads what was heard of. False: that is not enough, everything is to be read.</summary>
    public async Task<bool> TryFollowAsync(HeardChanges.Batch heard, CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        if (heard.NeedsAll || _position is not { } before || heard.ReachFrom(before.Version) is not { } reach) return false;
        var found = await store.ReadAsync(heard.Services, cancellationToken);
        if (found.Position is not { } now || now.GenerationId != before.GenerationId || now.Version < before.Version) return false;
        // An older one than this process knows was put back by somebody who should not have: the whole is looked at then.
        if (Restoration.Rewound(found, Known()).Any()) return false;

        live.SetDrained([.. found.Drained]);
        var there = found.Registrations.ToDictionary(one => one.Name, StringComparer.Ordinal);
        foreach (var service in heard.Services)
        {
            if (there.TryGetValue(service, out var registration)) Show(registration);
            else Hide(service);
        }
        writes.Confirm(heard.Services);
        // What is beyond was not about these services; its message is on the way.
        _position = now with { Version = Math.Min(now.Version, reach) };
        return true;
    }

    /// <summary>Reads everything, and first puts back what the store has lost.</summary>
    public async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        using var turn = await live.TakeTurnAsync(cancellationToken);
        for (var tries = 0; tries < MostTries; tries++)
        {
            var found = await store.ReadAsync(cancellationToken);
            var known = Known();
            if (Restoration.Of(found, known, writes, options.Value.AcceptEmpty) is not { } restoration)
            {
                if (found.Position is { } there && known.Position is { } last && !Lineage.Includes(there, last)) LogAccepted(found, known);
                Take(found);
                return;
            }

            if (await store.TrySeedAsync(restoration.Content, found.Position, cancellationToken) is not { } seeded) continue;
            LogSeeded(restoration, seeded, found, known);
            Take(restoration.Content with { Position = seeded });
            return;
        }
        throw new RegistryStoreException("Other processes filled the store each time this one was about to.");
    }

    private SharedContent Known() => _recalled ?? new SharedContent(
        _position,
        [.. live.Of(RegistrationOrigin.Api).OrderBy(one => one.Name, StringComparer.Ordinal)],
        [.. live.Drained.OrderBy(one => one.ToString(), StringComparer.Ordinal)]);

    private void Take(SharedContent content)
    {
        Apply(content);
        writes.ConfirmAll();
    }

    private void Apply(SharedContent content)
    {
        live.SetDrained([.. content.Drained]);
        var there = content.Registrations.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in live.Of(RegistrationOrigin.Api).Where(one => !there.Contains(one.Name)).ToArray()) live.Drop(gone.Name, RegistrationOrigin.Api);
        foreach (var registration in content.Registrations) Show(registration);
        _position = content.Position;
        _recalled = null;
    }

    private void Show(ServiceRegistration registration)
    {
        var before = live.Find(registration.Name, RegistrationOrigin.Api);
        if (before is not null && before.Version == registration.Version && before.CreatedAt == registration.CreatedAt && RegistrationJson.SameAs(before, registration)) return;
        // One that a newer version of the registry wrote may ask for what this one does not have; the others must not wait for it.
        try
        {
            if (!live.Put(registration with { Origin = RegistrationOrigin.Api }) && before is null) LogHidden(registration.Name, live.Find(registration.Name)!.Registration.Origin.WireName());
        }
        catch (Exception e) { LogUnusable(e, registration.Name); }
    }

    private void Hide(string service) => live.Drop(service, RegistrationOrigin.Api);
}
