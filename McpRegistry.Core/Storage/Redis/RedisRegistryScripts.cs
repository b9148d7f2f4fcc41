namespace McpRegistry.Core.Storage.Redis;

/// <summary>The steps of the store, each atomic. A write raises the version and tells the others in the same step.</summary>
/// <remarks>KEYS of all: generation, version, registrations, drained, schema. ARGV of writes begins with the channel.</remarks>
internal static class RedisRegistryScripts
{
    /// <summary>What a write answers when there are no data to change: they were lost, and a change would be lost with the next seeding.</summary>
    public const int NoData = -1;

    /// <summary>What a write answers when it did nothing, or there was nothing to do.</summary>
    public const int Unchanged = 0;

    private const string Write =
        """
        if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
        local function tell(service)
          local version = string.format('%.0f', redis.call('INCR', KEYS[2]))
          redis.call('PUBLISH', ARGV[1], version .. ' ' .. service)
          return 1
        end

        """;

    /// <summary>ARGV: channel, name, JSON.</summary>
    public const string Add = Write +
        """
        if redis.call('HSETNX', KEYS[3], ARGV[2], ARGV[3]) == 0 then return 0 end
        return tell(ARGV[2])
        """;

    /// <summary>ARGV: channel, name, JSON, the version it was made from. What was written before there were versions counts as 0.</summary>
    public const string Replace = Write +
        """
        local stored = redis.call('HGET', KEYS[3], ARGV[2])
        if not stored then return 0 end
        local isJson, before = pcall(cjson.decode, stored)
        if not isJson or type(before) ~= 'table' then return 0 end
        if (tonumber(before.version) or 0) ~= tonumber(ARGV[4]) or before.created_at ~= cjson.decode(ARGV[3]).created_at then return 0 end
        redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
        return tell(ARGV[2])
        """;

    /// <summary>ARGV: channel, name, JSON, the text that is to be there still.</summary>
    public const string Overwrite = Write +
        """
        if redis.call('HGET', KEYS[3], ARGV[2]) ~= ARGV[4] then return 0 end
        redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
        return tell(ARGV[2])
        """;

    /// <summary>ARGV: channel, name.</summary>
    public const string Remove = Write +
        """
        if redis.call('HDEL', KEYS[3], ARGV[2]) == 0 then return 0 end
        return tell(ARGV[2])
        """;

    /// <summary>ARGV: channel, instance, SADD or SREM.</summary>
    public const string Drain = Write +
        """
        if redis.call(ARGV[3], KEYS[4], ARGV[2]) == 0 then return 0 end
        return tell('')
        """;

    /// <summary>Answers generation, version, registrations by turns of name and JSON, drained instances.</summary>
    public const string ReadAll =
        """
        return { redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('HGETALL', KEYS[3]), redis.call('SMEMBERS', KEYS[4]) }
        """;

    /// <summary>ARGV: the names that are wanted. Answers as <see cref="ReadAll"/> does.</summary>
    public const string ReadSome =
        """
        local found = {}
        for _, name in ipairs(ARGV) do
          local stored = redis.call('HGET', KEYS[3], name)
          if stored then
            found[#found + 1] = name
            found[#found + 1] = stored
          end
        end
        return { redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), found, redis.call('SMEMBERS', KEYS[4]) }
        """;

    /// <summary>
    /// ARGV: channel, generation and version that were seen (empty: none), the new ones, the schema, how many registrations, then
    /// each by turns of name and JSON, then the drained instances. Counters of leases stay as they are.
    /// </summary>
    public const string Seed =
        """
        if (redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then return 0 end
        if ARGV[2] ~= '' and (redis.call('GET', KEYS[2]) or '0') ~= ARGV[3] then return 0 end
        redis.call('SET', KEYS[1], ARGV[4])
        redis.call('SET', KEYS[2], ARGV[5])
        redis.call('SET', KEYS[5], ARGV[6])
        redis.call('DEL', KEYS[3], KEYS[4])
        local first = 8
        local drained = first + 2 * tonumber(ARGV[7])
        for i = first, drained - 1, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
        for i = drained, #ARGV do redis.call('SADD', KEYS[4], ARGV[i]) end
        redis.call('PUBLISH', ARGV[1], ARGV[5] .. ' ')
        return 1
        """;
}
