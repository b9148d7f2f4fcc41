using McpRegistry.Core.Calls;
using McpRegistry.Core.Clients;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Mcp;

/// <summary>What one legacy client's session keeps between its requests.</summary>
internal sealed class LegacySession(string id, string? service, string? owner, string protocolVersion, ReadOnlyMemory<byte> clientInfo, ClientKey client = default)
{
    private readonly Lock _lock = new();
    private readonly List<EventStream> _streams = [];
    private CatalogLists _missedChanges;
    private bool _isEnded;
    private int _logRank = NoLogs;
    private long _lastSeen;

    private const int NoLogs = -1;

    public string Id => id;

    /// <summary>The one service it was opened for. Null: <c>/mcp</c>, all of them.</summary>
    public string? Service => service;

    /// <summary>The name of the principal it belongs to. Null: nobody had to sign in.</summary>
    public string? Owner => owner;

    public string ProtocolVersion => protocolVersion;

    /// <summary>The client's <c>clientInfo</c> (JSON).</summary>
    public ReadOnlyMemory<byte> ClientInfo => clientInfo;

    /// <summary>The client that opened it.</summary>
    public ClientKey Client => client;

    /// <summary>True once anything was asked in it after it was opened.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Where it stands among the sessions of its client. Null: it has no place yet, or no more.</summary>
    public SessionPlaces.Place? Place { get; set; }

    public SessionAffinity Affinity { get; } = new();

    public InFlightCalls InFlight { get; } = new();

    /// <summary>The least talkative level it wants log messages from. Null: it asked for none.</summary>
    public int? LogRank
    {
        get => Volatile.Read(ref _logRank) is var rank && rank == NoLogs ? null : rank;
        set => Volatile.Write(ref _logRank, value ?? NoLogs);
    }

    /// <summary>When the client was last heard, as a <see cref="TimeProvider"/> timestamp.</summary>
    public long LastSeen => Volatile.Read(ref _lastSeen);

    /// <summary>True while it waits for something of us, however long it is silent.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock)
                if (_streams.Count > 0) return true;
            return !InFlight.IsEmpty;
        }
    }

    public void Touch(long timestamp) => Volatile.Write(ref _lastSeen, timestamp);

    /// <summary>Notes that its client asked something in it.</summary>
    public void Use(long timestamp)
    {
        Touch(timestamp);
        if (!IsUsed) IsUsed = true;
    }

    /// <summary>Adds a stream the client opened; false when the session has ended.</summary>
    public bool Attach(EventStream stream)
    {
        lock (_lock)
        {
            if (_isEnded) return false;
            _streams.Add(stream);
            stream.Tell(_missedChanges);
            _missedChanges = CatalogLists.None;
            return true;
        }
    }

    public void Detach(EventStream stream)
    {
        lock (_lock) _streams.Remove(stream);
    }

    /// <summary>Tells which lists changed; a client without a stream hears it when it opens one.</summary>
    public void Notify(CatalogLists lists)
    {
        lock (_lock)
        {
            if (_streams.Count == 0) _missedChanges |= lists;
            else _streams[^1].Tell(lists);
        }
    }

    /// <summary>Sends a message if a stream is open. Each message goes to one stream only, the newest: older ones may be dead.</summary>
    public void Post(ReadOnlyMemory<byte> json)
    {
        lock (_lock)
            if (_streams.Count > 0) _streams[^1].Post(json);
    }

    public void End()
    {
        EventStream[] streams;
        lock (_lock)
        {
            _isEnded = true;
            streams = [.. _streams];
        }
        foreach (var stream in streams) stream.End();
        InFlight.CancelAll();
    }
}
