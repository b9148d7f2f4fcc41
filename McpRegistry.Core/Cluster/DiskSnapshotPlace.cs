using System.Security.Cryptography;
using System.Text;

using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Cluster;

/// <summary>Where the snapshot lies on the disk, and of which store it is.</summary>
internal sealed class DiskSnapshotPlace
{
    private const string FileName = "redis-snapshot.json";

    public DiskSnapshotPlace(IConfiguration configuration, IOptions<RedisOptions> redis, IOptions<StorageOptions> storage, IOptions<ClusterOptions> cluster)
    {
        Path = cluster.Value.SnapshotPath is { Length: > 0 } path ? System.IO.Path.GetFullPath(path) : Beside(storage.Value);
        Store = NameOf(configuration.GetConnectionString(RedisOptions.ConnectionName) ?? "", redis.Value.KeyPrefix);
    }

    /// <summary>The file. Null: this user has no folder for it.</summary>
    public string? Path { get; }

    /// <summary>Tells one store from another: what one held must not come into the other.</summary>
    public string Store { get; }

    private static string? Beside(StorageOptions storage)
    {
        try { return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(StoragePath.Of(storage))!, FileName); }
        catch (RegistryStoreException) { return null; }
    }

    // The addresses alone: a password may change, and none may be guessed from the file.
    private static string NameOf(string connection, string prefix)
    {
        var addresses = connection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(part => !part.Contains('=', StringComparison.Ordinal))
            .Select(part => part[(part.LastIndexOf('@') + 1)..].ToLowerInvariant())
            .Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', addresses.Append(prefix)))).AsSpan(0, 8));
    }
}
