using System.Collections.Concurrent;

using McpRegistry.Core.Clients;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;

namespace McpRegistry.Mcp;

/// <summary>Takes over sessions whose replica is gone: one step in the store decides who does.</summary>
internal sealed partial class SessionAdoption(
    LegacySessions sessions, ISharedSessions shared, IReplicaDirectory replicas, LogLevelForwarder logLevels, ILogger<SessionAdoption> log)
{
    private readonly ConcurrentDictionary<Wish, Lazy<Task<SessionPlace>>> _running = new();

    /// <summary>Takes a session over from a replica that is believed to be gone, or finds out who did.</summary>
    public Task<SessionPlace> TakeAsync(string id, string? service, string? caller, string from, ClientKey client)
    {
        var wish = new Wish(id, service, caller);
        return _running.GetOrAdd(wish, static (wish, given) => new(() => given.Adoption.ClaimAsync(wish, given.From, given.Client)), (Adoption: this, From: from, Client: client)).Value;
    }

    /// <summary>The session that is being taken over just now. Null: none is.</summary>
    public async Task<LegacySession?> PendingAsync(string id, string? service, string? caller) =>
        _running.TryGetValue(new Wish(id, service, caller), out var running) ? (await running.Value).Session : null;

    /// <summary>Asks the store who has a session.</summary>
    /// <returns>Whether there is such a session; true also where the store cannot say. The replica; null: the store cannot say.</returns>
    public async ValueTask<(bool IsKnown, string? Replica)> FindAsync(string id, string? service, string? caller)
    {
        try
        {
            var found = await shared.FindAsync(id, service, caller, CancellationToken.None);
            return (found is not null || shared.MayLack, found);
        }
        catch (RegistryStoreException failure)
        {
            LogAway(log, failure);
            return (true, null);
        }
    }

    private async Task<SessionPlace> ClaimAsync(Wish wish, string from, ClientKey client)
    {
        try
        {
            var claim = new SessionClaim(wish.Id, wish.Service, wish.Caller, from, replicas.Self, sessions.Idle);
            if (await shared.ClaimAsync(claim, CancellationToken.None) is not { } found) return default;
            if (found.Replica != replicas.Self) return new SessionPlace(found.Replica, null);
            var session = sessions.TryAdopt(found, client);
            if (session is not null) LogAdopted(log, session.Service ?? "/mcp", from);
            if (session?.LogRank is not null) logLevels.LookAgain();
            return new SessionPlace(replicas.Self, session);
        }
        catch (RegistryStoreException failure)
        {
            LogAway(log, failure);
            return default;
        }
        finally { _running.TryRemove(wish, out _); }
    }

    private readonly record struct Wish(string Id, string? Service, string? Caller);
}

/// <summary>Where a session is.</summary>
/// <param name="Replica">The replica that has it. Null: it is nowhere, or the store that would know is away.</param>
/// <param name="Session">The session, when this replica has it. Null although it has: there is no room.</param>
internal readonly record struct SessionPlace(string? Replica, LegacySession? Session);
