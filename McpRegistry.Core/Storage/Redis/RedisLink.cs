using System.Collections.Immutable;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>One client, from its making until it is thrown away, with its subscriptions. The client reconnects by itself and then hears its channels again.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _client;
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private ImmutableHashSet<RedisSubscription> _heard = [];

    private RedisLink(ConnectionMultiplexer client) => _client = client;

    public IDatabase Database => _client.GetDatabase();

    /// <summary>Connects. One that did not reach Redis is a link too, and goes on trying.</summary>
    /// <param name="settings">How.</param>
    /// <param name="lost">Called when the connection to a master broke.</param>
    /// <param name="restored">Called when a connection is there again.</param>
    public static async Task<RedisLink> ConnectAsync(ConfigurationOptions settings, Action lost, Action restored)
    {
        var client = await ConnectionMultiplexer.ConnectAsync(settings);
        client.ConnectionFailed += (_, failure) =>
        {
            if (failure is { ConnectionType: ConnectionType.Interactive, EndPoint: { } server } && !client.GetServer(server).IsReplica) lost();
        };
        client.ConnectionRestored += (_, _) => restored();
        return new RedisLink(client);
    }

    /// <summary>Subscribes to what is not yet subscribed to, and asks on that connection, which is another one, whether it is alive.</summary>
    public async Task HearAsync(ImmutableArray<RedisSubscription> wanted)
    {
        await _subscribing.WaitAsync();
        try
        {
            var subscriber = _client.GetSubscriber();
            foreach (var one in wanted.Where(one => !_heard.Contains(one)))
            {
                // Even when that fails the client has it on its list.
                _heard = _heard.Add(one);
                await subscriber.SubscribeAsync(RedisChannel.Literal(one.Channel), (_, message) => one.Heard(message.ToString()));
            }
            if (!wanted.IsEmpty) await subscriber.PingAsync();
        }
        finally { _subscribing.Release(); }
    }

    public async ValueTask DisposeAsync() => await _client.DisposeAsync();
}

/// <summary>A wish to hear a channel.</summary>
/// <param name="Channel">The channel, with prefix.</param>
/// <param name="Heard">Gets each message; returns at once.</param>
internal sealed record RedisSubscription(string Channel, Action<string> Heard);
