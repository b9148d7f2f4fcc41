using System.Collections.Immutable;

using McpRegistry.Core.Cluster;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Replicas by Redis: <c>replica:&lt;id&gt;</c> holds an address and ends by itself, the set <c>replicas</c> names those that may be there.</summary>
internal sealed class RedisReplicas : IReplicaPresence
{
    // KEYS: own key, index. ARGV: own id, address or "", life in ms, prefix of replica keys, channel.
    private const string Announce = """
        if ARGV[2] ~= '' then
          local before = redis.call('GET', KEYS[1])
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
          redis.call('SADD', KEYS[2], ARGV[1])
          if before ~= ARGV[2] then redis.call('PUBLISH', ARGV[5], ARGV[1]) end
        end
        local found = {}
        for _, id in ipairs(redis.call('SMEMBERS', KEYS[2])) do
          local address = redis.call('GET', ARGV[4] .. id)
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
        redis.call('SREM', KEYS[2], ARGV[1])
        redis.call('PUBLISH', ARGV[2], ARGV[1])
        """;

    private readonly RedisConnection _connection;

    public RedisReplicas(RedisConnection connection)
    {
        _connection = connection;
        connection.Hear(RedisKeys.Replicas, _ => Changed?.Invoke());
        connection.UpChanged += () => Changed?.Invoke();
    }

    public event Action? Changed;

    public async ValueTask<ImmutableDictionary<string, Uri>> AnnounceAsync(string replica, Uri? address, TimeSpan life, CancellationToken cancellationToken)
    {
        var found = (RedisValue[]?)await _connection.EvaluateAsync(
            Announce,
            [_connection.Key(RedisKeys.Replica(replica)), _connection.Key(RedisKeys.Replicas)],
            [replica, address?.AbsoluteUri ?? "", (long)life.TotalMilliseconds, _connection.Key(RedisKeys.ReplicaPrefix), _connection.Key(RedisKeys.Replicas)],
            cancellationToken);
        var replicas = ImmutableDictionary.CreateBuilder<string, Uri>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < found!.Length; i += 2)
            if (Uri.TryCreate((string?)found[i + 1], UriKind.Absolute, out var where)) replicas[(string)found[i]!] = where;
        return replicas.ToImmutable();
    }

    public async ValueTask LeaveAsync(string replica, CancellationToken cancellationToken) => await _connection.EvaluateAsync(
        Leave, [_connection.Key(RedisKeys.Replica(replica)), _connection.Key(RedisKeys.Replicas)], [replica, _connection.Key(RedisKeys.Replicas)], cancellationToken);
}
