using McpRegistry.Core.Cluster;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// A hash that only the worker that leads may write. "The newest token" is compared for equality, not for size: after Redis forgot
/// everything tokens may start low again, and an old leader's would be higher.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="key">The key of the hash, and the channel on which writes are told.</param>
internal sealed class RedisFencedHash(RedisConnection connection, (string Hash, string Channel) key)
{
    // KEYS: newest token, hash. ARGV: token, channel, message, number of fields written, then each with its value, then those deleted.
    // A value that is a JSON object gets the time of the write, by Redis' clock, as its first member.
    private const string Write = """
        if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        local kind = redis.call('TYPE', KEYS[2]).ok
        if kind ~= 'hash' and kind ~= 'none' then redis.call('DEL', KEYS[2]) end
        local time = redis.call('TIME')
        local at = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
        local last = 4 + 2 * tonumber(ARGV[4])
        for i = 5, last, 2 do
          local value = ARGV[i + 1]
          if string.sub(value, 1, 1) == '{' then value = '{"at":' .. at .. ',' .. string.sub(value, 2) end
          redis.call('HSET', KEYS[2], ARGV[i], value)
        end
        for i = last + 1, #ARGV do redis.call('HDEL', KEYS[2], ARGV[i]) end
        if last > 4 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
        return 1
        """;

    private const string Read = """
        local time = redis.call('TIME')
        local fields = redis.call('TYPE', KEYS[1]).ok == 'hash' and redis.call('HGETALL', KEYS[1]) or {}
        return {string.format('%d%03d', time[1], math.floor(time[2] / 1000)), fields}
        """;

    /// <summary>Writes some fields, deletes others and tells of it; false when the token is not the newest.</summary>
    public async ValueTask<bool> TryWriteAsync(long token, IReadOnlyCollection<KeyValuePair<string, string>> fields, IEnumerable<string> gone, string message, CancellationToken cancellationToken)
    {
        RedisValue[] values = [token, connection.Key(key.Channel), message, fields.Count, .. fields.SelectMany(one => new RedisValue[] { one.Key, one.Value }), .. gone.Select(name => (RedisValue)name)];
        return (bool)await connection.EvaluateAsync(Write, [connection.Key(RedisKeys.LeaseToken(LeaderLease.Name)), connection.Key(key.Hash)], values, cancellationToken);
    }

    /// <summary>All fields, and what time it is for Redis, in milliseconds.</summary>
    public async ValueTask<(long Now, IEnumerable<KeyValuePair<string, string>> Fields)> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await connection.EvaluateAsync(Read, [connection.Key(key.Hash)], [], cancellationToken))!;
        var flat = (string[])answer[1]!;
        return ((long)answer[0], flat.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
    }

    /// <summary>Hears the messages of writes.</summary>
    public Task SubscribeAsync(Action<string> heard, CancellationToken cancellationToken) => connection.SubscribeAsync(key.Channel, heard, cancellationToken);
}
