using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Sealing;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// Leases in Redis: the owner's key vanishes by Redis' own clock, the newest token's key stays. Where there is a key the owner is named
/// under a seal: <c>5f0c77aa v1.…</c>. A lease that names nobody of ours is nobody's.
/// </summary>
internal sealed class RedisLeases(RedisConnection connection, ClusterSeals? seals = null) : ILeaseStore
{
    private readonly ClusterSeals _seals = seals ?? ClusterSeals.None;

    // An owner that asks again holds it already: it did not hear the answer to an earlier take. It gets a new token, which
    // also makes whatever it sent under the old one too late.
    // A key of another type is damaged, and a token that is no number counts for nothing: whoever asks knows the highest he has seen.
    private const string Take = """
        for _, key in ipairs(KEYS) do
          local kind = redis.call('TYPE', key).ok
          if kind ~= 'string' and kind ~= 'none' then redis.call('DEL', key) end
        end
        local owner = redis.call('GET', KEYS[1])
        if owner and owner == ARGV[4] then owner = false end
        local text = redis.call('GET', KEYS[2]) or '0'
        local newest = #text <= 15 and string.match(text, '^%d+$') and tonumber(text) or 0
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
        var answer = await TakeAsync(name, owner, duration, known, forged: "", cancellationToken);
        if (Unseal(name, (string)answer[1]!) is not { } holder)
        {
            _seals.Report(SealPurpose.Lease, name);
            answer = await TakeAsync(name, owner, duration, known, forged: (string)answer[1]!, cancellationToken);
            holder = Unseal(name, (string)answer[1]!) ?? "";
        }
        _newestTokens.AddOrUpdate(name, static (_, seen) => seen, static (_, before, seen) => Math.Max(before, seen), (long)answer[3]);
        return new LeaseAnswer((long)answer[0], holder, TimeSpan.FromMilliseconds((long)answer[2]));
    }

    public async ValueTask<bool> TryExtendAsync(string name, string owner, long token, TimeSpan duration, CancellationToken cancellationToken) =>
        (bool)await connection.EvaluateAsync(Extend, Keys(name), [Seal(name, owner), token, Milliseconds(duration)], cancellationToken);

    public async ValueTask ReleaseAsync(string name, string owner, long token, CancellationToken cancellationToken) =>
        await connection.EvaluateAsync(Release, Keys(name), [Seal(name, owner), token, connection.Key(RedisKeys.Leases), name], cancellationToken);

    public void Forget(string name) => _newestTokens.TryRemove(name, out _);

    private async ValueTask<RedisResult[]> TakeAsync(string name, string owner, TimeSpan duration, long known, string forged, CancellationToken cancellationToken) =>
        (RedisResult[])(await connection.EvaluateAsync(Take, Keys(name), [Seal(name, owner), Milliseconds(duration), known, forged], cancellationToken))!;

    private string Seal(string name, string owner) => _seals.AreOn ? $"{owner} {_seals.Make(SealPurpose.Lease, name, owner)}" : owner;

    private string? Unseal(string name, string text)
    {
        if (!_seals.AreOn) return text;
        return text.Split(' ') is [var owner, var seal] && _seals.Fits(seal, SealPurpose.Lease, name, owner) ? owner : null;
    }

    private RedisKey[] Keys(string name) => [connection.Key(RedisKeys.Lease(name)), connection.Key(RedisKeys.LeaseToken(name))];

    private static long Milliseconds(TimeSpan duration) => (long)duration.TotalMilliseconds;
}
