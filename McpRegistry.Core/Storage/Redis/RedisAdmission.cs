using System.Globalization;
using System.Text.RegularExpressions;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Whether a Redis may be used: whose keys it has, whether we have the rights we need, how old it is. Nothing is changed by asking.</summary>
internal static partial class RedisAdmission
{
    /// <summary>What this version writes; data of a later one are left alone.</summary>
    public const int Schema = 1;

    /// <summary>The first Redis with rights on channels; scripts that ask for the time and then write are older.</summary>
    public static readonly Version OldestServer = new(6, 2);

    // Registrations, version and drained instances are only ever written along with schema and generation. Verdicts and catalogs
    // may be there before the data after Redis was emptied. Where the schema or the generation says that the keys are ours, one of another
    // type is damaged and not somebody else's: it is put right by whoever writes it next.
    // The writes at the end change nothing: no field or member is empty. They show rights, and that it is no replica.
    private const string Script =
        """
        local kinds = { 'string', 'string', 'string', 'hash', 'set', 'hash', 'hash' }
        local found = {}
        for i, key in ipairs(KEYS) do found[i] = redis.call('TYPE', key).ok end
        local schema = found[1] == 'string' and string.match(redis.call('GET', KEYS[1]), '^mcpregistry (%d+)$')
        if schema and tonumber(schema) > tonumber(ARGV[1]) then return { 'newer', schema, '' } end
        local generation = found[2] == 'string' and string.match(redis.call('GET', KEYS[2]), '^%d+ (%x+)')
        if not schema and not (generation and #generation == 32) then
          for i, key in ipairs(KEYS) do
            if found[i] ~= 'none' and (i <= 5 or found[i] ~= kinds[i]) then return { 'foreign', key, '' } end
          end
        end
        if found[4] == 'none' or found[4] == 'hash' then redis.call('HDEL', KEYS[4], '') end
        if found[5] == 'none' or found[5] == 'set' then redis.call('SREM', KEYS[5], '') end
        redis.call('PUBLISH', ARGV[2], '')
        return { 'ours', '', redis.call('INFO', 'server') }
        """;

    private static readonly string[] Keys =
        [RedisKeys.Schema, RedisKeys.Generation, RedisKeys.Version, RedisKeys.Registrations, RedisKeys.Drained, RedisKeys.Health, RedisKeys.Catalogs];

    /// <summary>Asks. Fails as any command does when Redis is away or denies us.</summary>
    /// <returns>Why it may not be used. Null: it may.</returns>
    public static async Task<string?> AskAsync(IDatabase database, string prefix, Version oldest)
    {
        var keys = Array.ConvertAll(Keys, name => (RedisKey)(prefix + name));
        var answer = (string[])(await database.ScriptEvaluateAsync(Script, keys, [Schema, prefix + RedisKeys.Changes], CommandFlags.DemandMaster))!;
        return answer switch
        {
            ["foreign", var key, ..] => $"its key {key} belongs to another application. Use another database of Redis, or another {RedisOptions.Section}:KeyPrefix.",
            ["newer", var schema, ..] => string.Create(CultureInfo.InvariantCulture,
                $"its data were written by a newer version (schema {schema}, this one knows {Schema}). Use that version, or another {RedisOptions.Section}:KeyPrefix."),
            [.., var info] => TooOld(info, oldest),
            _ => "it does not answer as Redis does.",
        };
    }

    /// <summary>The rule about versions.</summary>
    /// <param name="info">What <c>INFO server</c> says.</param>
    /// <param name="oldest">The first version that will do.</param>
    public static string? TooOld(string info, Version oldest)
    {
        // One that keeps its version to itself may well do.
        if (!Version.TryParse(ServerVersion().Match(info).Groups["version"].Value, out var version) || version >= oldest) return null;
        return $"it is version {version}; {oldest} is the oldest that will do.";
    }

    [GeneratedRegex(@"^redis_version:(?<version>\d+\.\d+(\.\d+)?)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ServerVersion();
}
