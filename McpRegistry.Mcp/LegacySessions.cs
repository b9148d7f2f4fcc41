using System.Collections.Concurrent;

using McpRegistry.Core.Clients;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>The sessions of legacy clients. Silent ones end by themselves; at the limit one of the client with the most makes room (<see cref="SessionPlaces"/>).</summary>
internal sealed partial class LegacySessions : IDisposable
{
    private readonly ConcurrentDictionary<string, LegacySession> _sessions = new(StringComparer.Ordinal);
    private readonly SessionPlaces _places;
    private readonly McpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LegacySessions> _log;
    private readonly IReplicaDirectory? _replicas;
    private readonly ITimer _sweep;

    public LegacySessions(IOptions<McpOptions> options, TimeProvider time, ILogger<LegacySessions> log, IReplicaDirectory? replicas = null)
    {
        _replicas = replicas;
        _options = options.Value;
        _places = new SessionPlaces(_options.MaxSessions, time);
        _time = time;
        _log = log;
        SweepPeriod = TimeSpan.FromTicks(Math.Max(_options.SessionIdle.Ticks / 30, TimeSpan.TicksPerSecond));
        _sweep = time.CreateTimer(state => ((LegacySessions)state!).EndSilent(), this, SweepPeriod, SweepPeriod);
    }

    public IEnumerable<LegacySession> All => _sessions.Values;

    /// <summary>Those whose client is there as far as can be told: it has a stream open, waits for an answer, or spoke within the last minute.</summary>
    public IEnumerable<LegacySession> Present => _sessions.Values.Where(one => SilenceOf(one) < SessionPlaces.EvictableAfter || one.IsBusy);

    /// <summary>A session ended, whoever ended it.</summary>
    public event Action<LegacySession>? Ended;

    /// <summary>A session ended because it made room for another.</summary>
    public event Action<LegacySession>? Evicted;

    /// <inheritdoc cref="McpOptions.SessionIdle"/>
    public TimeSpan Idle => _options.SessionIdle;

    /// <summary>How often is looked for silent ones.</summary>
    public TimeSpan SweepPeriod { get; }

    /// <summary>Opens a session. Null: there are too many, and none that could make room.</summary>
    public LegacySession? TryOpen(string? service, string? owner, string protocolVersion, ReadOnlyMemory<byte> clientInfo, ClientKey client = default)
    {
        var session = new LegacySession(SessionId.New(_replicas?.Self), service, owner, protocolVersion, clientInfo, client);
        session.Touch(_time.GetTimestamp());
        if (!TryTakePlace(session)) return null;
        _sessions[session.Id] = session;
        LogOpened(_log, service ?? "/mcp", protocolVersion);
        return session;
    }

    /// <summary>Goes on with a session of another replica under its id. Null: there are too many, and none that could make room.</summary>
    public LegacySession? TryAdopt(SharedSession shared, ClientKey client = default)
    {
        if (_sessions.TryGetValue(shared.Id, out var here)) return here;
        var session = new LegacySession(shared.Id, shared.Service, shared.Caller, shared.ProtocolVersion, ClientInfo.Of(shared.ClientInfo), client);
        if (McpLogLevels.RankOf(shared.LogLevel) is var rank and >= 0) session.LogRank = rank;
        // Nobody knows what changed while the session was nobody's.
        session.Notify(CatalogLists.Tools | CatalogLists.Prompts | CatalogLists.Resources);
        session.Use(_time.GetTimestamp());
        if (!TryTakePlace(session)) return null;
        var kept = _sessions.GetOrAdd(shared.Id, session);
        if (kept != session) _places.Remove(session);
        return kept;
    }

    /// <summary>Finds a session of this caller for this URL, and notes that its client is there. Null: there is none.</summary>
    public LegacySession? Find(string id, string? service, string? owner)
    {
        if (!_sessions.TryGetValue(id, out var session)) return null;
        if (session.Service != service || session.Owner != owner) return null;
        session.Use(_time.GetTimestamp());
        return session;
    }

    public void Close(LegacySession session)
    {
        if (!_sessions.TryRemove(session.Id, out _)) return;
        _places.Remove(session);
        session.End();
        Ended?.Invoke(session);
        LogClosed(_log, session.Service ?? "/mcp");
    }

    /// <summary>How long a session may go on being silent.</summary>
    public TimeSpan LifeOf(LegacySession session)
    {
        var left = session.IsBusy ? _options.SessionIdle : _options.SessionIdle - SilenceOf(session);
        return left > SweepPeriod ? left : SweepPeriod;
    }

    public void Dispose() => _sweep.Dispose();

    private void EndSilent()
    {
        foreach (var session in _sessions.Values)
            if (SilenceOf(session) >= _options.SessionIdle && !session.IsBusy) Close(session);
    }

    private bool TryTakePlace(LegacySession session)
    {
        if (!_places.TryAdd(session, out var displaced)) return false;
        if (displaced is null) return true;
        Close(displaced);
        Evicted?.Invoke(displaced);
        return true;
    }

    private TimeSpan SilenceOf(LegacySession session) => _time.GetElapsedTime(session.LastSeen);
}
