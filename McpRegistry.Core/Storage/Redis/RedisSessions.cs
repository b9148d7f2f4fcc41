using System.Collections.Immutable;

using McpRegistry.Core.Cluster;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// Sessions in Redis, one hash each under <c>session:&lt;id&gt;</c>, so that a field is changed without reading the others.
/// Texts that may be null are marked: <c>-</c> is null, <c>=text</c> the text.
/// </summary>
internal sealed class RedisSessions(RedisConnection connection) : ISharedSessions
{
    private const int TouchedAtOnce = 500;

    // ARGV: replica, service, caller, version, client, level, life in ms.
    private const string Save = """
        local replica = redis.call('HGET', KEYS[1], 'replica')
        if replica and replica ~= ARGV[1] then return end
        redis.call('HSET', KEYS[1], 'replica', ARGV[1], 'service', ARGV[2], 'caller', ARGV[3], 'version', ARGV[4], 'client', ARGV[5], 'level', ARGV[6])
        redis.call('PEXPIRE', KEYS[1], ARGV[7])
        """;

    // ARGV: replica, then the life of each key in ms. Answers are the numbers of SharedSessionState.
    private const string Touch = """
        local states = {}
        for i, key in ipairs(KEYS) do
          local replica = redis.call('HGET', key, 'replica')
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
        local found = redis.call('HMGET', KEYS[1], 'replica', 'service', 'caller', 'version', 'client', 'level')
        if found[2] ~= ARGV[1] or found[3] ~= ARGV[2] then return false end
        if found[1] == ARGV[3] then
          redis.call('HSET', KEYS[1], 'replica', ARGV[4])
          redis.call('PEXPIRE', KEYS[1], ARGV[5])
          found[1] = ARGV[4]
        end
        return found
        """;

    public async ValueTask SaveAsync(SharedSession session, TimeSpan life, CancellationToken cancellationToken) => await connection.EvaluateAsync(
        Save,
        [KeyOf(session.Id)],
        [session.Replica, Mark(session.Service), Mark(session.Caller), session.ProtocolVersion, session.ClientInfo, Mark(session.LogLevel), Milliseconds(life)],
        cancellationToken);

    public async ValueTask RemoveAsync(string id, CancellationToken cancellationToken) =>
        await connection.RunAsync(database => database.KeyDeleteAsync(KeyOf(id)), cancellationToken);

    public async ValueTask<ImmutableArray<SharedSessionState>> TouchAsync(string replica, IReadOnlyList<(string Id, TimeSpan Life)> sessions, CancellationToken cancellationToken)
    {
        var states = ImmutableArray.CreateBuilder<SharedSessionState>(sessions.Count);
        foreach (var some in sessions.Chunk(TouchedAtOnce))
        {
            var answer = await connection.EvaluateAsync(
                Touch,
                [.. some.Select(one => KeyOf(one.Id))],
                [replica, .. some.Select(one => Milliseconds(one.Life))],
                cancellationToken);
            states.AddRange(((int[])answer!).Select(state => (SharedSessionState)state));
        }
        return states.MoveToImmutable();
    }

    public async ValueTask<SharedSession?> ClaimAsync(SessionClaim claim, CancellationToken cancellationToken)
    {
        var answer = await connection.EvaluateAsync(
            Claim, [KeyOf(claim.Id)], [Mark(claim.Service), Mark(claim.Caller), claim.From, claim.To, Milliseconds(claim.Life)], cancellationToken);
        return answer.IsNull ? null : Read(claim.Id, (RedisValue[])answer!);
    }

    private static SharedSession Read(string id, RedisValue[] fields) => new()
    {
        Id = id,
        Replica = fields[0]!,
        Service = Unmark(fields[1]),
        Caller = Unmark(fields[2]),
        ProtocolVersion = fields[3]!,
        ClientInfo = (byte[])fields[4]!,
        LogLevel = Unmark(fields[5]),
    };

    private RedisKey KeyOf(string id) => connection.Key(RedisKeys.Session(id));

    private static RedisValue Mark(string? text) => text is null ? "-" : "=" + text;

    private static string? Unmark(RedisValue marked) => marked == "-" ? null : ((string)marked!)[1..];

    private static RedisValue Milliseconds(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds);
}
