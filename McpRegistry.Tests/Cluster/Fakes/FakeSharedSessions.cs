using System.Collections.Immutable;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>Shared sessions in memory. Nothing in it ends by itself.</summary>
internal sealed class FakeSharedSessions : ISharedSessions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedSession> _sessions = [];
    private int _asked;

    public bool IsAway { get; set; }

    /// <summary>How often it was asked anything.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public ImmutableArray<SharedSession> All
    {
        get { lock (_lock) return [.. _sessions.Values]; }
    }

    /// <summary>Lets a claim wait, after it was decided.</summary>
    public Func<SessionClaim, Task> Claimed { get; set; } = _ => Task.CompletedTask;

    public void Clear()
    {
        lock (_lock) _sessions.Clear();
    }

    public ValueTask SaveAsync(SharedSession session, TimeSpan life, CancellationToken cancellationToken) => Do(() =>
    {
        if (!_sessions.TryGetValue(session.Id, out var before) || before.Replica == session.Replica) _sessions[session.Id] = session;
        return ValueTask.CompletedTask;
    });

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => Do(() =>
    {
        _sessions.Remove(id);
        return ValueTask.CompletedTask;
    });

    public ValueTask<ImmutableArray<SharedSessionState>> TouchAsync(string replica, IReadOnlyList<(string Id, TimeSpan Life)> sessions, CancellationToken cancellationToken) =>
        Do(() => ValueTask.FromResult(sessions.Select(one => !_sessions.TryGetValue(one.Id, out var found) ? SharedSessionState.Missing
            : found.Replica == replica ? SharedSessionState.Own : SharedSessionState.Taken).ToImmutableArray()));

    public bool MayLack { get; set; }

    public event Action? Reconnected;

    public void ComeBack() => Reconnected?.Invoke();

    public ValueTask<string?> FindAsync(string id, string? service, string? caller, CancellationToken cancellationToken) => Do(() => ValueTask.FromResult(
        _sessions.TryGetValue(id, out var session) && session.Service == service && session.Caller == caller ? session.Replica : null));

    public async ValueTask<SharedSession?> ClaimAsync(SessionClaim claim, CancellationToken cancellationToken)
    {
        var found = Do(() =>
        {
            if (!_sessions.TryGetValue(claim.Id, out var session) || session.Service != claim.Service || session.Caller != claim.Caller) return null;
            return session.Replica == claim.From ? _sessions[claim.Id] = session with { Replica = claim.To } : session;
        });
        await Claimed(claim);
        return found;
    }

    private T Do<T>(Func<T> step)
    {
        Interlocked.Increment(ref _asked);
        if (IsAway) throw new RegistryStoreException("It is away.");
        lock (_lock) return step();
    }
}
