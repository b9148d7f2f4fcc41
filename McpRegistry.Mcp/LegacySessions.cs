using System.Collections.Concurrent;
using System.Security.Cryptography;

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
    private readonly ITimer _sweep;

    public LegacySessions(IOptions<McpOptions> options, TimeProvider time, ILogger<LegacySessions> log)
    {
        _options = options.Value;
        _time = time;
        _log = log;
        var period = TimeSpan.FromTicks(Math.Max(_options.SessionIdle.Ticks / 30, TimeSpan.TicksPerSecond));
        _sweep = time.CreateTimer(state => ((LegacySessions)state!).EndSilent(), this, period, period);
    }

    public IEnumerable<LegacySession> All => _sessions.Values;

    /// <summary>Opens a session. Null: there are too many, all of them busy.</summary>
    public LegacySession? TryOpen(string? service, string? owner, string protocolVersion, ReadOnlyMemory<byte> clientInfo)
    {
        if (_sessions.Count >= _options.MaxSessions && !TryEvict()) return null;
        var session = new LegacySession(RandomNumberGenerator.GetHexString(32, lowercase: true), service, owner, protocolVersion, clientInfo);
        session.Touch(_time.GetTimestamp());
        _sessions[session.Id] = session;
        LogOpened(_log, service ?? "/mcp", protocolVersion);
        return session;
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
        LogClosed(_log, session.Service ?? "/mcp");
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
