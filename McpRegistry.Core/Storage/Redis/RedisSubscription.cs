using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>A wish to hear a channel.</summary>
/// <param name="channel">The channel, with prefix.</param>
/// <param name="heard">Gets each message; returns at once.</param>
internal sealed class RedisSubscription(string channel, Action<string> heard)
{
    public RedisChannel Address { get; } = RedisChannel.Literal(channel);

    /// <summary>Always the same one: by it the client knows what to take back.</summary>
    public Action<RedisChannel, RedisValue> Handler { get; } = (_, message) => heard(message.ToString());
}
