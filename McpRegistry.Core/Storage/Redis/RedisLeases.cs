using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Leases in Redis: the owner's key vanishes by Redis' own clock, the newest token's key stays.</summary>
internal sealed class RedisLeases(RedisConnection connection) : ILeaseStore
{
    // An owner that asks again holds it already: it did not hear the answer to an earlier take. It gets a new token, which
    // also makes whatever it sent under the old one too late.
    private const string Take = """
        local owner = redis.call('GET', KEYS[1])
        local newest = tonumber(redis.call('GET', KEYS[2]) or '0')
        if owner and owner ~= ARGV[1] then
          return {0, owner, redis.call('PTTL', KEYS[1]), newest}
        end
        local token = math.max(newest, tonumber(ARGV[3])) + 1
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        redis.call('SET', KEYS[2], string.format('%.0f', token))
        return {token, ARGV[1], tonumber(ARGV[2]), token}
        """;

    private const string Extend = """
        if redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('GET', KEYS[2]) == ARGV[2] then
          return redis.call('PEXPIRE', KEYS[1], ARGV[3])
        end
        return 0
        """;

    private const string Release = """
        if redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('GET', KEYS[2]) == ARGV[2] then
          redis.call('DEL', KEYS[1])
          redis.call('PUBLISH', ARGV[3], ARGV[4])
        end
        """;

    // Those of others count as well: the next one must be higher, even after Redis forgot all of them.
    private readonly ConcurrentDictionary<string, long> _newestTokens = new(StringComparer.Ordinal);
    private int _isListening;

    public event Action<string>? Released;

    public async ValueTask<LeaseAnswer> TryTakeAsync(string name, string owner, TimeSpan duration, long knownToken, CancellationToken cancellationToken)
    {
        // Before the first look: a lease that is given back right after it must not go unheard.
        if (Interlocked.Exchange(ref _isListening, 1) == 0) await connection.SubscribeAsync(RedisKeys.Leases, released => Released?.Invoke(released), CancellationToken.None);
        var known = Math.Max(knownToken, _newestTokens.GetValueOrDefault(name));
        var answer = (RedisResult[])(await connection.EvaluateAsync(Take, Keys(name), [owner, Milliseconds(duration), known], cancellationToken))!;
        _newestTokens.AddOrUpdate(name, static (_, seen) => seen, static (_, before, seen) => Math.Max(before, seen), (long)answer[3]);
        return new LeaseAnswer((long)answer[0], (string)answer[1]!, TimeSpan.FromMilliseconds((long)answer[2]));
    }

    public async ValueTask<bool> TryExtendAsync(string name, string owner, long token, TimeSpan duration, CancellationToken cancellationToken) =>
        (bool)await connection.EvaluateAsync(Extend, Keys(name), [owner, token, Milliseconds(duration)], cancellationToken);

    public async ValueTask ReleaseAsync(string name, string owner, long token, CancellationToken cancellationToken) =>
        await connection.EvaluateAsync(Release, Keys(name), [owner, token, connection.Key(RedisKeys.Leases), name], cancellationToken);

    public void Forget(string name) => _newestTokens.TryRemove(name, out _);

    private RedisKey[] Keys(string name) => [connection.Key(RedisKeys.Lease(name)), connection.Key(RedisKeys.LeaseToken(name))];

    private static long Milliseconds(TimeSpan duration) => (long)duration.TotalMilliseconds;
}
