using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.State;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>The sessions of legacy clients. Silent ones end by themselves; at the limit the longest silent one makes room.</summary>
internal sealed partial class LegacySessions : IDisposable
{
    // A session that spoke a moment ago is not idle, however many others want its place.
    private static readonly TimeSpan EvictableAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, LegacySession> _sessions = new(StringComparer.Ordinal);
    private readonly McpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LegacySessions> _log;
    private readonly IReplicaDirectory? _replicas;
    private readonly ITimer _sweep;

    public LegacySessions(IOptions<McpOptions> options, TimeProvider time, ILogger<LegacySessions> log, IReplicaDirectory? replicas = null)
    {
        _replicas = replicas;
        _options = options.Value;
        _time = time;
        _log = log;
        SweepPeriod = TimeSpan.FromTicks(Math.Max(_options.SessionIdle.Ticks / 30, TimeSpan.TicksPerSecond));
        _sweep = time.CreateTimer(state => ((LegacySessions)state!).EndSilent(), this, SweepPeriod, SweepPeriod);
    }

    public IEnumerable<LegacySession> All => _sessions.Values;

    /// <summary>Those whose client is there as far as can be told: it has a stream open, waits for an answer, or spoke within the last minute.</summary>
    public IEnumerable<LegacySession> Present => _sessions.Values.Where(one => SilenceOf(one) < EvictableAfter || one.IsBusy);

    /// <summary>A session ended, whoever ended it.</summary>
    public event Action<LegacySession>? Ended;

    /// <inheritdoc cref="McpOptions.SessionIdle"/>
    public TimeSpan Idle => _options.SessionIdle;

    /// <summary>How often is looked for silent ones.</summary>
    public TimeSpan SweepPeriod { get; }

    /// <summary>Opens a session. Null: there are too many, all of them busy.</summary>
    public LegacySession? TryOpen(string? service, string? owner, string protocolVersion, ReadOnlyMemory<byte> clientInfo)
    {
        if (_sessions.Count >= _options.MaxSessions && !TryEvict()) return null;
        var session = new LegacySession(SessionId.New(_replicas?.Self), service, owner, protocolVersion, clientInfo);
        session.Touch(_time.GetTimestamp());
        _sessions[session.Id] = session;
        LogOpened(_log, service ?? "/mcp", protocolVersion);
        return session;
    }

    /// <summary>Goes on with a session of another replica under its id. Null: there are too many, all of them busy.</summary>
    public LegacySession? TryAdopt(SharedSession shared)
    {
        if (_sessions.TryGetValue(shared.Id, out var here)) return here;
        if (_sessions.Count >= _options.MaxSessions && !TryEvict()) return null;
        var session = new LegacySession(shared.Id, shared.Service, shared.Caller, shared.ProtocolVersion, Clients.ClientInfo.Of(shared.ClientInfo));
        if (McpLogLevels.RankOf(shared.LogLevel) is var rank and >= 0) session.LogRank = rank;
        // Nobody knows what changed while the session was nobody's.
        session.Notify(CatalogLists.Tools | CatalogLists.Prompts | CatalogLists.Resources);
        session.Touch(_time.GetTimestamp());
        return _sessions.GetOrAdd(shared.Id, session);
    }

    /// <summary>Finds a session of this caller for this URL, and notes that its client is there. Null: there is none.</summary>
    public LegacySession? Find(string id, string? service, string? owner)
    {
        if (!_sessions.TryGetValue(id, out var session)) return null;
        if (session.Service != service || session.Owner != owner) return null;
        session.Touch(_time.GetTimestamp());
        return session;
    }

    public void Close(LegacySession session)
    {
        if (!_sessions.TryRemove(session.Id, out _)) return;
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

    private bool TryEvict()
    {
        var longestSilent = _sessions.Values.Where(one => !one.IsBusy).MinBy(one => one.LastSeen);
        if (longestSilent is null || SilenceOf(longestSilent) < EvictableAfter) return false;
        Close(longestSilent);
        return true;
    }

    private TimeSpan SilenceOf(LegacySession session) => _time.GetElapsedTime(session.LastSeen);
}
