using McpRegistry.Tests.Redis;

using StackExchange.Redis;

namespace McpRegistry.Tests.Cluster.Hostile;

/// <summary>What somebody does who can write to Redis.</summary>
internal sealed class HostileRedis(RedisServerProcess server) : IAsyncDisposable
{
    private ConnectionMultiplexer? _connection;

    /// <summary>One command; the prefix of the keys is put before the words that begin with a colon.</summary>
    public async Task<RedisResult> DoAsync(string command, params object[] words)
    {
        _connection ??= await server.ConnectAsync();
        return await _connection.GetDatabase().ExecuteAsync(command, [.. words.Select(word => word is string text && text.StartsWith(':') ? "{mcpregistry}" + text : word)]);
    }

    /// <summary>The text of a registration.</summary>
    public async Task<string> RecordAsync(string service) => (string)(await DoAsync("HGET", ":registrations", service))!;

    /// <summary>Puts a text in place of a registration, and tells everybody, as the gateways do.</summary>
    public async Task PlantAsync(string service, string text)
    {
        await DoAsync("HSET", ":registrations", service, text);
        var version = (long)await DoAsync("INCR", ":version");
        await DoAsync("PUBLISH", ":changes", $"{version} {service}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }
}
