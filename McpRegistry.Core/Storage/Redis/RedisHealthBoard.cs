using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>The verdicts of the worker that leads: instance → <see cref="StoredVerdict"/>.</summary>
internal sealed class RedisHealthBoard : ISharedHealth
{
    private readonly RedisFencedHash _verdicts;

    public RedisHealthBoard(RedisConnection connection)
    {
        _verdicts = new RedisFencedHash(connection, (RedisKeys.Health, RedisKeys.Verdicts));
        connection.UpChanged += () =>
        {
            if (connection.IsUp) Reconnected?.Invoke();
        };
    }

    public event Action? Reconnected;

    public ValueTask<bool> TryWriteAsync(long token, IReadOnlyCollection<SharedVerdict> verdicts, IReadOnlyCollection<InstanceName> gone, CancellationToken cancellationToken)
    {
        var stored = verdicts.ToDictionary(one => one.Instance.ToString(), one => StoredVerdict.Of(one.Advice), StringComparer.Ordinal);
        var fields = stored.Select(one => KeyValuePair.Create(one.Key, JsonSerializer.Serialize(one.Value, StoredVerdictJson.Default.StoredVerdict))).ToArray();
        var message = JsonSerializer.Serialize(stored, StoredVerdictJson.Default.DictionaryStringStoredVerdict);
        return _verdicts.TryWriteAsync(token, fields, gone.Select(name => name.ToString()), message, cancellationToken);
    }

    public async ValueTask<ImmutableArray<SharedVerdict>> ReadAsync(CancellationToken cancellationToken)
    {
        var (now, fields) = await _verdicts.ReadAsync(cancellationToken);
        return [.. fields.Select(one => TryRead(one.Key, Parse(one.Value), now)).OfType<SharedVerdict>()];
    }

    public Task SubscribeAsync(Action<ImmutableArray<SharedVerdict>> heard, CancellationToken cancellationToken) => _verdicts.SubscribeAsync(
        message =>
        {
            var verdicts = ParseMany(message).Select(one => TryRead(one.Key, one.Value, now: null)).OfType<SharedVerdict>().ToImmutableArray();
            if (!verdicts.IsEmpty) heard(verdicts);
        },
        cancellationToken);

    private static SharedVerdict? TryRead(string name, StoredVerdict? stored, long? now)
    {
        if (stored is null || stored.Verdict == HealthVerdict.Unknown || name.Split('/') is not [var service, var instance]) return null;
        var age = now is { } then && stored.At is { } at ? TimeSpan.FromMilliseconds(Math.Max(0, then - at)) : TimeSpan.Zero;
        return new SharedVerdict(new InstanceName(service, instance), stored.ToAdvice(age));
    }

    // A damaged entry is overwritten by the next verdict; until then there is no advice.
    private static StoredVerdict? Parse(string json)
    {
        try { return JsonSerializer.Deserialize(json, StoredVerdictJson.Default.StoredVerdict); }
        catch (JsonException) { return null; }
    }

    private static Dictionary<string, StoredVerdict> ParseMany(string json)
    {
        try { return JsonSerializer.Deserialize(json, StoredVerdictJson.Default.DictionaryStringStoredVerdict) ?? []; }
        catch (JsonException) { return []; }
    }
}
