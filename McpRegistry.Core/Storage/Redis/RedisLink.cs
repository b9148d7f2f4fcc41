using System.Collections.Immutable;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>One client, from its making until it is thrown away, with its subscriptions. The client reconnects by itself and then hears its channels again.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly ConnectionMultiplexer _client;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private ImmutableHashSet<RedisSubscription> _heard = [];
    private readonly IDisposable? _trace;
    private volatile bool _isDropped;

    private RedisLink(ConnectionMultiplexer client, IDisposable? trace, TimeProvider time)
    {
        _client = client;
        _trace = trace;
        _time = time;
    }

    public IDatabase Database => _client.GetDatabase();

    /// <summary>Connects. One that did not reach Redis is a link too, and goes on trying.</summary>
    /// <param name="settings">How.</param>
    /// <param name="trace">Begins to record its commands, until it is thrown away. Null: nobody does.</param>
    /// <param name="lost">Called when the connection to a master broke.</param>
    /// <param name="restored">Called when a connection is there again.</param>
    /// <param name="time">Times the looks at a connection that is being made.</param>
    public static async Task<RedisLink> ConnectAsync(
        ConfigurationOptions settings, Func<IConnectionMultiplexer, IDisposable?>? trace, Action lost, Action restored, TimeProvider time)
    {
        var client = await ConnectionMultiplexer.ConnectAsync(settings);
        var link = new RedisLink(client, trace?.Invoke(client), time);
        client.ConnectionFailed += (_, failure) =>
        {
            if (link._isDropped) return;
            if (failure is { ConnectionType: ConnectionType.Interactive, EndPoint: { } server } && !client.GetServer(server).IsReplica) lost();
        };
        client.ConnectionRestored += (_, _) => restored();
        return link;
    }

    /// <summary>Fails when Redis does not know the user or the password: where nobody needs one the client goes on as nobody, without a word.</summary>
    public async Task LogInAsync(string? user, string? password)
    {
        if (password is not { Length: > 0 }) return;
        object[] words = user is { Length: > 0 } ? [user, password] : [password];
        try { await Database.ExecuteAsync("AUTH", words, CommandFlags.DemandMaster); }
        // A password for a Redis without any harms nobody.
        catch (RedisServerException needless) when (needless.Kind is not (RedisErrorKind.WrongPass or RedisErrorKind.NoAuth)) { }
    }

    /// <summary>Hears all these channels: subscribes to the new ones, and waits until the client has done so again for the others.</summary>
    public async Task HearAsync(ImmutableArray<RedisSubscription> wanted, CancellationToken cancellationToken)
    {
        await _subscribing.WaitAsync(cancellationToken);
        try
        {
            var subscriber = _client.GetSubscriber();
            foreach (var one in wanted.Where(one => !_heard.Contains(one)))
            {
                await SubscribeAsync(subscriber, one, cancellationToken);
                _heard = _heard.Add(one);
            }
            while (wanted.Any(one => subscriber.SubscribedEndpoint(one.Address) is null)) await Task.Delay(BetweenLooks, _time, cancellationToken);
            // They come over a connection of their own, which may hang when the other does not.
            if (!wanted.IsEmpty) await subscriber.PingAsync();
        }
        finally { _subscribing.Release(); }
    }

    public async ValueTask DisposeAsync()
    {
        _isDropped = true;
        await _client.DisposeAsync();
        _trace?.Dispose();
    }

    // The client makes that connection only when somebody subscribes, and does not wait for it.
    private async Task SubscribeAsync(ISubscriber subscriber, RedisSubscription one, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await subscriber.SubscribeAsync(one.Address, one.Handler);
                return;
            }
            catch (RedisConnectionException)
            {
                await subscriber.UnsubscribeAsync(one.Address, one.Handler, CommandFlags.FireAndForget);
                await Task.Delay(BetweenLooks, _time, cancellationToken);
            }
        }
    }
}
