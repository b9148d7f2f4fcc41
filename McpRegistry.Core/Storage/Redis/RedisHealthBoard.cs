using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Sealing;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>The verdicts of the worker that leads: instance → <see cref="StoredVerdict"/>, each under a seal where there is a key.</summary>
internal sealed class RedisHealthBoard : ISharedHealth
{
    // What the clocks of two machines may differ by.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);
    private const string WholeMessage = "";

    private readonly RedisFencedHash _verdicts;
    private readonly ClusterSeals _seals;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<InstanceName, long> _told = new();

    public RedisHealthBoard(RedisConnection connection, ClusterSeals? seals = null, TimeProvider? time = null)
    {
        (_seals, _time) = (seals ?? ClusterSeals.None, time ?? TimeProvider.System);
        _verdicts = new RedisFencedHash(connection, (RedisKeys.Health, RedisKeys.Verdicts));
        connection.UpChanged += () =>
        {
            if (connection.IsUp) Reconnected?.Invoke();
        };
    }

    public event Action? Reconnected;

    public ValueTask<bool> TryWriteAsync(long token, IReadOnlyCollection<SharedVerdict> verdicts, IReadOnlyCollection<InstanceName> gone, CancellationToken cancellationToken)
    {
        var told = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var stored = verdicts.ToDictionary(one => one.Instance.ToString(), one => StoredVerdict.Of(one.Advice, told), StringComparer.Ordinal);
        var fields = stored.Select(one => KeyValuePair.Create(one.Key, Seal(one.Key, JsonSerializer.Serialize(one.Value, StoredVerdictJson.Default.StoredVerdict)))).ToArray();
        var message = stored.Count == 0 ? "{}" : Seal(WholeMessage, JsonSerializer.Serialize(stored, StoredVerdictJson.Default.DictionaryStringStoredVerdict));
        return _verdicts.TryWriteAsync(token, fields, gone.Select(name => name.ToString()), message, cancellationToken);
    }

    public async ValueTask<ImmutableArray<SharedVerdict>> ReadAsync(CancellationToken cancellationToken)
    {
        var (now, fields) = await _verdicts.ReadAsync(cancellationToken);
        return [.. fields.Select(one => TryRead(one.Key, Parse(one.Key, one.Value), now)).OfType<SharedVerdict>()];
    }

    public Task SubscribeAsync(Action<ImmutableArray<SharedVerdict>> heard, CancellationToken cancellationToken) => _verdicts.SubscribeAsync(
        message =>
        {
            var verdicts = ParseMany(message).Select(one => TryRead(one.Key, one.Value, now: null)).OfType<SharedVerdict>().ToImmutableArray();
            if (!verdicts.IsEmpty) heard(verdicts);
        },
        cancellationToken);

    private SharedVerdict? TryRead(string name, StoredVerdict? stored, long? now)
    {
        if (stored is null || stored.Verdict == HealthVerdict.Unknown || !Enum.IsDefined(stored.Verdict) || name.Split('/') is not [var service, var instance]) return null;
        if (stored.Ms is < 0 or > int.MaxValue || double.IsNaN(stored.Ms)) return null;
        var of = new InstanceName(service, instance);
        var age = now is { } then && stored.At is { } at ? TimeSpan.FromMilliseconds(Math.Clamp(then - at, 0, int.MaxValue)) : TimeSpan.Zero;
        if (_seals.AreOn && !IsNews(of, stored.Told, ref age)) return null;
        return new SharedVerdict(of, stored.ToAdvice(age));
    }

    // The time of the write is Redis' word, and may be new for something old: the worker's own, under the seal, counts where they disagree.
    private bool IsNews(InstanceName of, long told, ref TimeSpan age)
    {
        var newest = _told.AddOrUpdate(of, static (_, seen) => seen, static (_, before, seen) => Math.Max(before, seen), told);
        if (newest - told > Tolerance.TotalMilliseconds) return false;
        var since = TimeSpan.FromMilliseconds(Math.Clamp(_time.GetUtcNow().ToUnixTimeMilliseconds() - told, 0, int.MaxValue));
        if (since - age > Tolerance) age = since;
        return true;
    }

    private string Seal(string name, string json) => SealedJson.Seal(_seals, SealPurpose.Verdict, name, json);

    // A damaged entry is overwritten by the next verdict; until then there is no advice.
    private StoredVerdict? Parse(string name, string json)
    {
        var (at, verdict) = AtOf(json);
        if (SealedJson.Open(_seals, SealPurpose.Verdict, name, verdict) is not { } open)
        {
            _seals.Report(SealPurpose.Verdict, name);
            return null;
        }
        try { return JsonSerializer.Deserialize(open, StoredVerdictJson.Default.StoredVerdict) is { } stored ? stored with { At = at } : null; }
        catch (JsonException) { return null; }
    }

    // Redis puts the time of the write before everything else: {"at":1795370000000,"seal":…
    private static (long? At, string Verdict) AtOf(string json)
    {
        const string start = "{\"at\":";
        if (!json.StartsWith(start, StringComparison.Ordinal)) return (null, json);
        var end = json.IndexOf(',', StringComparison.Ordinal);
        if (end < 0 || !long.TryParse(json.AsSpan(start.Length, end - start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var at)) return (null, json);
        return (at, string.Concat("{", json.AsSpan(end + 1)));
    }

    private Dictionary<string, StoredVerdict?> ParseMany(string json)
    {
        if (SealedJson.Open(_seals, SealPurpose.Verdict, WholeMessage, json) is not { } open)
        {
            _seals.Report(SealPurpose.Verdict, RedisKeys.Verdicts);
            return [];
        }
        try { return JsonSerializer.Deserialize(open, StoredVerdictJson.Default.DictionaryStringStoredVerdict) ?? []; }
        catch (JsonException) { return []; }
    }
}
