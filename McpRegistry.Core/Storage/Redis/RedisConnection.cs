using System.Diagnostics;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// The one connection to Redis. Every command has the same short time; after one that failed the others fail at once until Redis
/// has answered again, so that a Redis that hangs costs nobody more than one wait.
/// </summary>
internal sealed class RedisConnection(IConfiguration configuration, IOptions<RedisOptions> options, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile ConnectionMultiplexer? _multiplexer;
    private volatile bool _isUp;

    /// <summary>True while Redis answers.</summary>
    public bool IsUp => _isUp;

    /// <summary>Raised when <see cref="IsUp"/> changed: handlers must return at once.</summary>
    public event Action? UpChanged;

    /// <summary>A key or channel of ours.</summary>
    public string Key(string name) => options.Value.KeyPrefix + name;

    /// <summary>Runs a script, in one atomic step.</summary>
    /// <exception cref="RegistryStoreException">Redis is away, refused it or took too long.</exception>
    public Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        RunAsync(database => database.ScriptEvaluateAsync(script, keys, values), cancellationToken);

    /// <summary>Runs a command.</summary>
    /// <exception cref="RegistryStoreException">Redis is away, refused it or took too long.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var multiplexer = _multiplexer ?? throw new RegistryStoreException("Redis is not connected yet.");
        try { return await command(multiplexer.GetDatabase()).WaitAsync(options.Value.CommandTimeout, time, cancellationToken); }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            throw new RegistryStoreException($"Redis failed: {failure.Message}", failure);
        }
    }

    /// <summary>Hears the messages of a channel, also after a reconnection.</summary>
    public async Task SubscribeAsync(string channel, Action<string> heard, CancellationToken cancellationToken)
    {
        var multiplexer = _multiplexer ?? throw new UnreachableException("Open comes first.");
        await multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(Key(channel)), (_, message) => heard(message.ToString())).WaitAsync(cancellationToken);
    }

    /// <summary>Connects, or goes on trying in the background when Redis is away.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_multiplexer is not null) return;
            var settings = ConfigurationOptions.Parse(configuration.GetConnectionString(RedisOptions.ConnectionName)!);
            settings.AbortOnConnectFail = false;
            settings.BacklogPolicy = BacklogPolicy.FailFast;
            _multiplexer = await ConnectionMultiplexer.ConnectAsync(settings).WaitAsync(cancellationToken);
            _isUp = _multiplexer.IsConnected;
            UpChanged?.Invoke();
        }
        finally { _opening.Release(); }
    }

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is not null) await _multiplexer.DisposeAsync();
        _opening.Dispose();
    }
}
