namespace McpRegistry.Core.Storage.Redis;

/// <summary>The steps of the store, each atomic. A write raises the version and tells the others in the same step.</summary>
/// <remarks>Generation and version come in the form that is written: digits without leading zeros. KEYS of all: generation, version, registrations, drained, schema. ARGV of writes begins with the channel.</remarks>
internal static class RedisRegistryScripts
{
    /// <summary>What a write answers when there are no data to change: they were lost, and a change would be lost with the next seeding.</summary>
    public const int NoData = -1;

    /// <summary>What a write answers when it did nothing, or there was nothing to do.</summary>
    public const int Unchanged = 0;

    // What is damaged must not keep anybody from writing: a version that is no number counts as 0, a generation that is none as one that
    // nobody knows, and where the registrations are gone or of another type all is lost. Whoever knows better then puts it right.
    private const string Look =
        """
        local function kind(key) return redis.call('TYPE', key).ok end
        local function is(key, wanted) local found = kind(key); return found == wanted or found == 'none' end
        local function version()
          local text = kind(KEYS[2]) == 'string' and redis.call('GET', KEYS[2]) or ''
          return #text <= 15 and string.match(text, '^%d+$') and string.format('%.0f', tonumber(text)) or '0'
        end
        local function generation()
          local found = kind(KEYS[1])
          if found == 'none' or not is(KEYS[3], 'hash') then return '' end
          local text = found == 'string' and is(KEYS[4], 'set') and redis.call('GET', KEYS[1]) or ''
          local number, rest = string.match(text, '^(%d+)( %w+)$')
          if not number then number, rest = string.match(text, '^(%d+)( %w+ [%w=,]+)$') end
          if not number or #number > 15 or #text > 4096 then return '0 damaged' end
          return string.format('%.0f', tonumber(number)) .. rest
        end

        """;

    private const string Write = Look +
        """
        if generation() == '' then return -1 end
        local function tell(service)
          local version = string.format('%.0f', tonumber(version()) + 1)
          redis.call('SET', KEYS[2], version)
          redis.call('PUBLISH', ARGV[1], version .. ' ' .. service)
          return 1
        end

        """;

    /// <summary>The highest number that a generation or a version can have; behind it they begin anew.</summary>
    public const long HighestNumber = 999_999_999_999_999;

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
        if not is(KEYS[4], 'set') then redis.call('DEL', KEYS[4]) end
        if redis.call(ARGV[3], KEYS[4], ARGV[2]) == 0 then return 0 end
        return tell('')
        """;

    /// <summary>Answers generation, version, registrations by turns of name and JSON, drained instances.</summary>
    public const string ReadAll = Look +
        """
        return { generation(), version(), is(KEYS[3], 'hash') and redis.call('HGETALL', KEYS[3]) or {}, is(KEYS[4], 'set') and redis.call('SMEMBERS', KEYS[4]) or {} }
        """;

    /// <summary>Answers generation and version.</summary>
    public const string Position = Look +
        """
        return { generation(), version() }
        """;

    /// <summary>ARGV: the names that are wanted. Answers as <see cref="ReadAll"/> does.</summary>
    public const string ReadSome = Look +
        """
        local found = {}
        for _, name in ipairs(is(KEYS[3], 'hash') and ARGV or {}) do
          local stored = redis.call('HGET', KEYS[3], name)
          if stored then
            found[#found + 1] = name
            found[#found + 1] = stored
          end
        end
        return { generation(), version(), found, is(KEYS[4], 'set') and redis.call('SMEMBERS', KEYS[4]) or {} }
        """;

    /// <summary>
    /// ARGV: channel, generation and version that were seen (empty: none), the new ones, the schema, how many registrations, then
    /// each by turns of name and JSON, then the drained instances. Counters of leases stay as they are.
    /// </summary>
    public const string Seed = Look +
        """
        if generation() ~= ARGV[2] then return 0 end
        if ARGV[2] ~= '' and version() ~= ARGV[3] then return 0 end
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
