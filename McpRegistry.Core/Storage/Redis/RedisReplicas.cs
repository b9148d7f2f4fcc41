using System.Collections.Immutable;
using System.Globalization;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Sealing;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// Replicas by Redis: <c>replica:&lt;id&gt;</c> holds an address and ends by itself, the set <c>replicas</c> names those that may be there.
/// Where there is a key the address stands with the time and a seal: <c>http://10.0.0.7:8080/ 1795370000000 v1.…</c>.
/// </summary>
internal sealed class RedisReplicas : IReplicaPresence
{
    // KEYS: own key, index. ARGV: own id, address or "", life in ms, prefix of replica keys, channel.
    private const string Announce = """
        local function text(key) return redis.call('TYPE', key).ok == 'string' and redis.call('GET', key) end
        local kind = redis.call('TYPE', KEYS[2]).ok
        if kind ~= 'set' and kind ~= 'none' then redis.call('DEL', KEYS[2]) end
        if ARGV[2] ~= '' then
          local before = text(KEYS[1]) or ''
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
          redis.call('SADD', KEYS[2], ARGV[1])
          if string.match(before, '^%S*') ~= string.match(ARGV[2], '^%S*') then redis.call('PUBLISH', ARGV[5], ARGV[1]) end
        end
        local found = {}
        for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
          local address = text(ARGV[4] .. id)
          if address then
            found[#found + 1] = id
            found[#found + 1] = address
          else
            redis.call('SREM', KEYS[2], id)
          end
        end
        return found
        """;

    // KEYS: own key, index. ARGV: own id, channel.
    private const string Leave = """
        redis.call('DEL', KEYS[1])
        if redis.call('TYPE', KEYS[2]).ok == 'set' then redis.call('SREM', KEYS[2], ARGV[1]) end
        redis.call('PUBLISH', ARGV[2], ARGV[1])
        """;

    // What the clocks of two machines may differ by.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private readonly RedisConnection _connection;
    private readonly ClusterSeals _seals;
    private readonly TimeProvider _time;

    public RedisReplicas(RedisConnection connection, ClusterSeals? seals = null, TimeProvider? time = null)
    {
        (_connection, _seals, _time) = (connection, seals ?? ClusterSeals.None, time ?? TimeProvider.System);
        connection.Hear(RedisKeys.Replicas, _ => Changed?.Invoke());
        connection.UpChanged += () => Changed?.Invoke();
    }

    public event Action? Changed;

    public async ValueTask<ImmutableDictionary<string, Uri>> AnnounceAsync(string replica, Uri? address, TimeSpan life, CancellationToken cancellationToken)
    {
        var found = (RedisValue[]?)await _connection.EvaluateAsync(
            Announce,
            [_connection.Key(RedisKeys.Replica(replica)), _connection.Key(RedisKeys.Replicas)],
            [replica, address is null ? "" : Seal(replica, address.AbsoluteUri), (long)life.TotalMilliseconds, _connection.Key(RedisKeys.ReplicaPrefix), _connection.Key(RedisKeys.Replicas)],
            cancellationToken);
        var replicas = ImmutableDictionary.CreateBuilder<string, Uri>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < found!.Length; i += 2)
        {
            var (id, text) = ((string)found[i]!, (string)found[i + 1]!);
            if (Unseal(id, text, life) is not { } known) _seals.Report(SealPurpose.Replica, id);
            else if (Uri.TryCreate(known, UriKind.Absolute, out var where) && (where.Scheme == Uri.UriSchemeHttp || where.Scheme == Uri.UriSchemeHttps)) replicas[id] = where;
        }
        return replicas.ToImmutable();
    }

    public async ValueTask LeaveAsync(string replica, CancellationToken cancellationToken) => await _connection.EvaluateAsync(
        Leave, [_connection.Key(RedisKeys.Replica(replica)), _connection.Key(RedisKeys.Replicas)], [replica, _connection.Key(RedisKeys.Replicas)], cancellationToken);

    private string Seal(string replica, string address)
    {
        if (!_seals.AreOn) return address;
        var at = _time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return $"{address} {at} {_seals.Make(SealPurpose.Replica, replica, address, at)}";
    }

    // One that is long over was put there again by somebody else: at its address may be anybody by now.
    private string? Unseal(string replica, string text, TimeSpan life)
    {
        if (!_seals.AreOn) return text;
        if (text.Split(' ') is not [var address, var at, var seal] || !_seals.Fits(seal, SealPurpose.Replica, replica, address, at)) return null;
        var age = _time.GetUtcNow().ToUnixTimeMilliseconds() - long.Parse(at, CultureInfo.InvariantCulture);
        return Math.Abs(age) <= (life + Tolerance).TotalMilliseconds ? address : null;
    }
}
