using System.Collections.Immutable;
using System.Globalization;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Sealing;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// The store that several processes share. Nobody writes before the data were seeded, or again while they are lost: what was
/// written then would go with the next seeding.
/// </summary>
internal sealed class RedisRegistryStore : ISharedRegistry, IDisposable
{
    private readonly RedisConnection _redis;
    private readonly StoredRegistrations _stored;
    private readonly RedisKey[] _keys;
    private readonly string _channel;

    public RedisRegistryStore(
        RedisConnection redis, IOptions<RedisOptions> options, ISecretResolver secrets, ClusterSeals seals, LoadBalancingPolicySet policies, ILogger<RedisRegistryStore> logger)
    {
        _redis = redis;
        _stored = new StoredRegistrations(RedisSecretKey.Read(options.Value, secrets) is { } key ? new SecretCipher(key) : null, seals, options.Value.AcceptUnsealed, policies, logger);
        IsOurs = seals.AreOn;
        string[] names = [RedisKeys.Generation, RedisKeys.Version, RedisKeys.Registrations, RedisKeys.Drained, RedisKeys.Schema];
        _keys = Array.ConvertAll(names, name => (RedisKey)redis.Key(name));
        _channel = redis.Key(RedisKeys.Changes);
        redis.Hear(RedisKeys.Changes, HearChange);
    }

    public bool IsUp => _redis.IsUp;

    public bool KeepsSecrets => _stored.KeepsSecrets;

    public bool IsOurs { get; }

    public event Action? UpChanged
    {
        add => _redis.UpChanged += value;
        remove => _redis.UpChanged -= value;
    }

    public event Action<SharedChange>? Changed;

    public async ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Registrations;

    public async ValueTask<ImmutableArray<InstanceName>> ListDrainedAsync(CancellationToken cancellationToken) => (await ReadAsync([], cancellationToken)).Drained;

    public async ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken)
    {
        var text = _stored.Write(registration);
        if (await WriteAsync(RedisRegistryScripts.Add, [_channel, registration.Name, text], cancellationToken)) return true;
        // What nobody can read shows up nowhere, so its name would be taken for ever.
        string? there = await _redis.RunAsync(database => database.HashGetAsync(_redis.Key(RedisKeys.Registrations), registration.Name, CommandFlags.DemandMaster), cancellationToken);
        return there is not null && _stored.IsDamaged(registration.Name, there)
            && await WriteAsync(RedisRegistryScripts.Overwrite, [_channel, registration.Name, text, there], cancellationToken);
    }

    public async ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) =>
        await WriteAsync(RedisRegistryScripts.Replace, [_channel, registration.Name, _stored.Write(registration), registration.Version - 1], cancellationToken);

    public async ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken) =>
        await WriteAsync(RedisRegistryScripts.Remove, [_channel, name], cancellationToken);

    public async ValueTask SetDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken) =>
        await WriteAsync(RedisRegistryScripts.Drain, [_channel, instance.ToString(), drained ? "SADD" : "SREM"], cancellationToken);

    public async ValueTask<SharedPosition?> PositionAsync(CancellationToken cancellationToken)
    {
        var values = (RedisValue[])(await _redis.EvaluateAsync(RedisRegistryScripts.Position, _keys, [], cancellationToken))!;
        return PositionOf(values[0], values[1]);
    }

    public async ValueTask<SharedContent> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await _redis.EvaluateAsync(RedisRegistryScripts.ReadAll, _keys, [], cancellationToken);
        var (content, names) = ContentOf(answer);
        if (content.Position is not null) _stored.ForgetAllBut(names);
        await SealAllAsync((string[])((RedisResult[])answer!)[2]!, content, cancellationToken);
        return content;
    }

    public async ValueTask<SharedContent> ReadAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken)
    {
        RedisValue[] wanted = [.. services.Select(name => (RedisValue)name)];
        var (content, names) = ContentOf(await _redis.EvaluateAsync(RedisRegistryScripts.ReadSome, _keys, wanted, cancellationToken));
        if (content.Position is not null)
        {
            foreach (var gone in services.Where(name => !names.Contains(name))) _stored.Forget(gone);
        }
        return content;
    }

    public async ValueTask<SharedPosition?> TrySeedAsync(SharedContent content, SharedPosition? seen, CancellationToken cancellationToken)
    {
        var next = new SharedPosition(
            Next(seen?.Generation, content.Position?.Generation),
            Guid.NewGuid().ToString("N"),
            Next(seen?.Version, content.Position?.Version),
            content.Position?.Covers ?? "");
        var known = content.Registrations.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        // What this process could not read is not its to lose.
        var kept = _stored.Unreadable.Where(one => !known.Contains(one.Key)).ToList();
        RedisValue[] values =
        [
            _channel, seen is { } before ? GenerationText(before) : "", seen?.Version.ToString(CultureInfo.InvariantCulture) ?? "",
            GenerationText(next), next.Version, SchemaText, known.Count + kept.Count,
            .. content.Registrations.SelectMany(one => new RedisValue[] { one.Name, _stored.Write(one) }),
            .. kept.SelectMany(one => new RedisValue[] { one.Key, one.Value }),
            .. content.Drained.Select(one => (RedisValue)one.ToString()),
        ];
        return (int)await _redis.EvaluateAsync(RedisRegistryScripts.Seed, _keys, values, cancellationToken) == RedisRegistryScripts.Unchanged ? null : next;
    }

    public byte[] Seal(SharedContent content) => SealedContent.Seal(content, _stored);

    public SharedContent? Unseal(ReadOnlySpan<byte> sealedContent) => SealedContent.Unseal(sealedContent, _stored);

    public void Dispose() => _stored.Dispose();

    private static string SchemaText => string.Create(CultureInfo.InvariantCulture, $"mcpregistry {RedisAdmission.Schema}");

    private async Task<bool> WriteAsync(string script, RedisValue[] values, CancellationToken cancellationToken)
    {
        var done = (int)await _redis.EvaluateAsync(script, _keys, values, cancellationToken);
        if (done != RedisRegistryScripts.NoData) return done != RedisRegistryScripts.Unchanged;
        // Whoever looks now seeds it again.
        Changed?.Invoke(new SharedChange(0, null));
        throw new RegistryStoreException("Redis has no data yet, or lost them; they are being put there again.");
    }

    private (SharedContent Content, HashSet<string> Names) ContentOf(RedisResult answer)
    {
        var parts = (RedisResult[])answer!;
        var pairs = (string[])parts[2]!;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var registrations = ImmutableArray.CreateBuilder<ServiceRegistration>();
        for (var i = 0; i < pairs.Length; i += 2)
        {
            names.Add(pairs[i]);
            if (_stored.Read(pairs[i], pairs[i + 1]) is { } registration) registrations.Add(registration);
        }
        registrations.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        var drained = ((string[])parts[3]!).Select(InstanceOf).OfType<InstanceName>().OrderBy(one => one.ToString(), StringComparer.Ordinal);
        return (new SharedContent(PositionOf((RedisValue)parts[0], (RedisValue)parts[1]), registrations.ToImmutable(), [.. drained]), names);
    }

    // What an earlier version wrote. Whoever changes one meanwhile seals it himself.
    private async ValueTask SealAllAsync(string[] pairs, SharedContent content, CancellationToken cancellationToken)
    {
        if (content.Position is null) return;
        for (var i = 0; i < pairs.Length; i += 2)
        {
            if (!_stored.IsToBeSealed(pairs[i + 1]) || content.Registrations.FirstOrDefault(one => one.Name == pairs[i]) is not { } registration) continue;
            await WriteAsync(RedisRegistryScripts.Overwrite, [_channel, pairs[i], _stored.Write(registration), pairs[i + 1]], cancellationToken);
        }
    }

    private static long Next(long? one, long? other) => Math.Max(one ?? 0, other ?? 0) is var highest && highest < RedisRegistryScripts.HighestNumber ? highest + 1 : 1;

    private static InstanceName? InstanceOf(string text) => text.Split('/') is [var service, var instance] ? new InstanceName(service, instance) : null;

    private static string GenerationText(SharedPosition position) =>
        FormattableString.Invariant($"{position.Generation} {position.GenerationId} {position.Covers}").TrimEnd();

    // The scripts give them in the form that is written, whatever is there.
    private static SharedPosition? PositionOf(RedisValue generation, RedisValue version)
    {
        if (generation.IsNullOrEmpty) return null;
        var parts = generation.ToString().Split(' ');
        return new SharedPosition(long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], (long)version, parts.Length > 2 ? parts[2] : "");
    }

    // "17 orders", or "17 " for drained instances and for everything; empty is another process that tried its rights.
    private void HearChange(string message)
    {
        if (message.Split(' ') is [var number, var service] && long.TryParse(number, CultureInfo.InvariantCulture, out var version))
            Changed?.Invoke(new SharedChange(version, service.Length == 0 ? null : service));
    }
}
