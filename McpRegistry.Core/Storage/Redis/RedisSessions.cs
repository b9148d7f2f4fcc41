using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Sealing;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// Sessions in Redis, one hash each under <c>session:&lt;id&gt;</c>, so that a field is changed without reading the others.
/// Texts that may be null are marked: <c>-</c> is null, <c>=text</c> the text. Where there is a key, the field <c>seal</c> vouches for all
/// but the replica, which changes: a replica is believed for what it announces of itself.
/// </summary>
internal sealed class RedisSessions : ISharedSessions
{
    private const int TouchedAtOnce = 500;
    private const int DeepestClientInfo = 64;

    // Each replica needs a moment to write down what was opened while there was no store.
    private static readonly TimeSpan Reappearing = TimeSpan.FromSeconds(10);

    // ARGV: replica, service, caller, version, client, level, life in ms, seal. A key of another type is damaged.
    private const string Save = """
        local kind = redis.call('TYPE', KEYS[1]).ok
        if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
        local replica = redis.call('HGET', KEYS[1], 'replica')
        if replica and replica ~= ARGV[1] then return end
        redis.call('HSET', KEYS[1], 'replica', ARGV[1], 'service', ARGV[2], 'caller', ARGV[3], 'version', ARGV[4], 'client', ARGV[5], 'level', ARGV[6], 'seal', ARGV[8])
        redis.call('PEXPIRE', KEYS[1], ARGV[7])
        """;

    // ARGV: replica, then the life of each key in ms. Answers are the numbers of SharedSessionState.
    private const string Touch = """
        local states = {}
        for i, key in ipairs(KEYS) do
          local replica = redis.call('TYPE', key).ok == 'hash' and redis.call('HGET', key, 'replica')
          if not replica then
            states[i] = 0
          elseif replica == ARGV[1] then
            redis.call('PEXPIRE', key, ARGV[i + 1])
            states[i] = 1
          else
            states[i] = 2
          end
        end
        return states
        """;

    // ARGV: service, caller, from, to, life in ms.
    private const string Claim = """
        if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return false end
        local found = redis.call('HMGET', KEYS[1], 'replica', 'service', 'caller', 'version', 'client', 'level', 'seal')
        if found[2] ~= ARGV[1] or found[3] ~= ARGV[2] then return false end
        if found[1] == ARGV[3] then
          redis.call('HSET', KEYS[1], 'replica', ARGV[4])
          redis.call('PEXPIRE', KEYS[1], ARGV[5])
          found[1] = ARGV[4]
        end
        return found
        """;

    // ARGV: service, caller.
    private const string Find = """
        if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return false end
        local found = redis.call('HMGET', KEYS[1], 'replica', 'service', 'caller')
        if found[2] ~= ARGV[1] or found[3] ~= ARGV[2] then return false end
        return found[1]
        """;

    private readonly RedisConnection _connection;
    private readonly ClusterSeals _seals;
    private readonly TimeProvider _time;
    private volatile bool _wasAway;
    private long _backAt;

    public RedisSessions(RedisConnection connection, ClusterSeals? seals = null, TimeProvider? time = null)
    {
        (_connection, _seals, _time) = (connection, seals ?? ClusterSeals.None, time ?? TimeProvider.System);
        connection.UpChanged += () =>
        {
            // The first time it comes it was not away: what others opened is written down.
            if (!connection.IsUp) _wasAway = true;
            else if (_wasAway)
            {
                Volatile.Write(ref _backAt, _time.GetTimestamp());
                Reconnected?.Invoke();
            }
        };
    }

    public event Action? Reconnected;

    public bool MayLack => _wasAway && (!_connection.IsUp || _time.GetElapsedTime(Volatile.Read(ref _backAt)) < Reappearing);

    public async ValueTask SaveAsync(SharedSession session, TimeSpan life, CancellationToken cancellationToken) => await _connection.EvaluateAsync(
        Save,
        [KeyOf(session.Id)],
        [
            session.Replica, Mark(session.Service), Mark(session.Caller), session.ProtocolVersion, session.ClientInfo, Mark(session.LogLevel), Milliseconds(life),
            _seals.AreOn ? _seals.Make(SealPurpose.Session, Sealed(session)) : "",
        ],
        cancellationToken);

    public async ValueTask RemoveAsync(string id, CancellationToken cancellationToken) =>
        await _connection.RunAsync(database => database.KeyDeleteAsync(KeyOf(id)), cancellationToken);

    public async ValueTask<ImmutableArray<SharedSessionState>> TouchAsync(string replica, IReadOnlyList<(string Id, TimeSpan Life)> sessions, CancellationToken cancellationToken)
    {
        var states = ImmutableArray.CreateBuilder<SharedSessionState>(sessions.Count);
        foreach (var some in sessions.Chunk(TouchedAtOnce))
        {
            var answer = await _connection.EvaluateAsync(
                Touch,
                [.. some.Select(one => KeyOf(one.Id))],
                [replica, .. some.Select(one => Milliseconds(one.Life))],
                cancellationToken);
            states.AddRange(((int[])answer!).Select(state => (SharedSessionState)state));
        }
        return states.MoveToImmutable();
    }

    public async ValueTask<string?> FindAsync(string id, string? service, string? caller, CancellationToken cancellationToken) =>
        (string?)await _connection.EvaluateAsync(Find, [KeyOf(id)], [Mark(service), Mark(caller)], cancellationToken);

    public async ValueTask<SharedSession?> ClaimAsync(SessionClaim claim, CancellationToken cancellationToken)
    {
        var answer = await _connection.EvaluateAsync(
            Claim, [KeyOf(claim.Id)], [Mark(claim.Service), Mark(claim.Caller), claim.From, claim.To, Milliseconds(claim.Life)], cancellationToken);
        if (answer.IsNull) return null;
        var fields = (RedisValue[])answer!;
        if (Read(claim.Id, fields) is not { } session) return null;
        if (!_seals.AreOn || _seals.Fits((string?)fields[6], SealPurpose.Session, Sealed(session))) return session;
        _seals.Report(SealPurpose.Session, claim.Id[..Math.Min(ReplicaId.Length, claim.Id.Length)]);
        return null;
    }

    // Whatever is there: what is no session is none.
    private static SharedSession? Read(string id, RedisValue[] fields)
    {
        if (fields[0].IsNullOrEmpty || fields[3].IsNullOrEmpty || !TryUnmark(fields[1], out var service) || !TryUnmark(fields[2], out var caller) || !TryUnmark(fields[5], out var level)) return null;
        var client = (byte[]?)fields[4] ?? [];
        if (client.Length > 0 && !IsObject(client)) return null;
        return new SharedSession { Id = id, Replica = fields[0]!, Service = service, Caller = caller, ProtocolVersion = fields[3]!, ClientInfo = client, LogLevel = level };
    }

    // It is put into requests as it is.
    private static bool IsObject(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestClientInfo });
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException) { return false; }
    }

    private static string[] Sealed(SharedSession session) =>
        [session.Id, Mark(session.Service).ToString(), Mark(session.Caller).ToString(), session.ProtocolVersion, Encoding.UTF8.GetString(session.ClientInfo.Span), Mark(session.LogLevel).ToString()];

    private RedisKey KeyOf(string id) => _connection.Key(RedisKeys.Session(id));

    private static RedisValue Mark(string? text) => text is null ? "-" : "=" + text;

    private static bool TryUnmark(RedisValue marked, out string? text)
    {
        var whole = (string?)marked;
        text = whole?.StartsWith('=') == true ? whole[1..] : null;
        return text is not null || whole == "-";
    }

    private static RedisValue Milliseconds(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds);
}
