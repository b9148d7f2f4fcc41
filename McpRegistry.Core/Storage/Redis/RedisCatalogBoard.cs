using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

using McpRegistry.Core.Cluster;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>The hashes of lists that the worker that leads has read: service → hash.</summary>
internal sealed class RedisCatalogBoard : ISharedCatalogs
{
    private readonly RedisFencedHash _hashes;

    public RedisCatalogBoard(RedisConnection connection)
    {
        _hashes = new RedisFencedHash(connection, (RedisKeys.Catalogs, RedisKeys.CatalogsRead));
        connection.UpChanged += () =>
        {
            if (connection.IsUp) Reconnected?.Invoke();
        };
    }

    public event Action? Reconnected;

    public ValueTask<bool> TryWriteAsync(long token, ImmutableDictionary<string, string> hashes, IReadOnlyCollection<string> gone, CancellationToken cancellationToken) =>
        _hashes.TryWriteAsync(token, hashes, gone, JsonSerializer.Serialize(hashes.ToDictionary(), StoredHashesJson.Default.DictionaryStringString), cancellationToken);

    public async ValueTask<ImmutableDictionary<string, string>> ReadAsync(CancellationToken cancellationToken) =>
        (await _hashes.ReadAsync(cancellationToken)).Fields.ToImmutableDictionary(StringComparer.Ordinal);

    public Task SubscribeAsync(Action<ImmutableDictionary<string, string>> heard, CancellationToken cancellationToken) => _hashes.SubscribeAsync(
        message =>
        {
            try { heard(JsonSerializer.Deserialize(message, StoredHashesJson.Default.DictionaryStringString)!.ToImmutableDictionary(StringComparer.Ordinal)); }
            catch (JsonException) { /* Not ours; nobody else should write here. */ }
        },
        cancellationToken);
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StoredHashesJson : JsonSerializerContext;
