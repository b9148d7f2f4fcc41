using System.Collections.Immutable;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// The one connection to Redis. Every command has the same short time; after one that failed the others fail at once until Redis
/// has answered again, so that a Redis that hangs costs nobody more than one wait. Each time it comes back it must pass
/// <see cref="RedisAdmission"/> before it is used.
/// </summary>
internal sealed partial class RedisConnection : IAsyncDisposable
{
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RedisWatch _watch;
    private ImmutableArray<RedisSubscription> _subscriptions = [];
    private volatile bool _hasNewWish;
    private volatile RedisPeriod _period = new(null, "Redis is not connected yet.");

    public RedisConnection(RedisClientSource source, IOptions<RedisOptions> options, TimeProvider time, Random random, ILogger<RedisConnection> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        _watch = new RedisWatch(source, _options, this, time, random, logger);
    }

    /// <summary>True while Redis answers.</summary>
    public bool IsUp => _period.Link is not null;

    /// <summary>Raised when <see cref="IsUp"/> changed: handlers must return at once.</summary>
    public event Action? UpChanged;

    /// <summary>The oldest server that will do, from the next time it comes.</summary>
    public Version OldestServer { get; set; } = RedisAdmission.OldestServer;

    /// <summary>A key or channel of ours.</summary>
    public string Key(string name) => _options.KeyPrefix + name;

    /// <summary>Runs a script on the master, in one atomic step.</summary>
    /// <exception cref="RegistryStoreException">Redis is away, refused it or took too long; then it may have been run.</exception>
    public Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        RunAsync(database => database.ScriptEvaluateAsync(script, keys, values, CommandFlags.DemandMaster), cancellationToken);

    /// <summary>Runs a command.</summary>
    /// <exception cref="RegistryStoreException">Redis is away, refused it or took too long; then it may have been run.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var period = _period;
        if (period.Link is not { } link) throw new RegistryStoreException(period.Reason);
        try { return await InTime(command(link.Database)).WaitAsync(cancellationToken); }
        catch (Exception failure) when (RedisFailures.Of(failure) is { } kind)
        {
            var reason = _watch.Describe(failure);
            if (kind != RedisFailure.Refused) EndPeriod(period, reason);
            throw new RegistryStoreException($"Redis failed: {reason}", failure);
        }
    }

    /// <summary>Hears the messages of a channel: from when Redis is there, and again after a reconnection.</summary>
    /// <param name="channel">The channel, without prefix.</param>
    /// <param name="heard">Gets each message, on any thread and in any order; returns at once.</param>
    public void Hear(string channel, Action<string> heard)
    {
        var wish = new RedisSubscription(Key(channel), heard);
        ImmutableInterlocked.Update(ref _subscriptions, wishes => wishes.Add(wish));
        _hasNewWish = true;
        _watch.Wake();
    }

    /// <summary>Like <see cref="Hear"/>; once it returns, and Redis is there, no message is missed.</summary>
    public async Task SubscribeAsync(string channel, Action<string> heard, CancellationToken cancellationToken)
    {
        Hear(channel, heard);
        await HearAllAsync(cancellationToken);
    }

    /// <summary>Connects, and goes on trying in the background when Redis is away; waits a moment for it.</summary>
    /// <exception cref="RegistryRefusedException">It must not be used.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => _watch.StartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    /// <summary>A step of the watch, within the time that any command has.</summary>
    internal async Task<T> InTime<T>(Task<T> step)
    {
        try { return await step.WaitAsync(_options.CommandTimeout, _time); }
        // The answer was there and nobody had time to look at it: a busy process is no dead Redis.
        catch (TimeoutException) when (step.IsCompleted) { return await step; }
    }

    /// <inheritdoc cref="InTime{T}(Task{T})"/>
    internal async Task InTime(Task step)
    {
        try { await step.WaitAsync(_options.CommandTimeout, _time); }
        catch (TimeoutException) when (step.IsCompleted) { await step; }
    }

    /// <summary>Hears all channels that anybody wishes to, within that time.</summary>
    internal async Task HearAsync(RedisLink link, CancellationToken cancellationToken)
    {
        _hasNewWish = false;
        // Also when the wait ends: nobody goes on with it behind our back.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try { await InTime(link.HearAsync(_subscriptions, ended.Token)).WaitAsync(cancellationToken); }
        finally { await ended.CancelAsync(); }
    }

    /// <summary>Hears the channels that somebody came to wish for while Redis was there.</summary>
    internal Task HearNewAsync(CancellationToken cancellationToken) => _hasNewWish ? HearAllAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Redis may be used from now on.</summary>
    internal void BeginPeriod(RedisLink link)
    {
        _period = new RedisPeriod(link, "");
        LogUp();
        UpChanged?.Invoke();
    }

    /// <summary>What commands are told while Redis may not be used.</summary>
    internal void Explain(string reason)
    {
        if (_period is { Link: null } away) Interlocked.CompareExchange(ref _period, away with { Reason = reason }, away);
    }

    internal void EndPeriod(string reason)
    {
        if (_period is { Link: not null } period) EndPeriod(period, reason);
    }

    private async Task HearAllAsync(CancellationToken cancellationToken)
    {
        var period = _period;
        if (period.Link is not { } link) return;
        try { await HearAsync(link, cancellationToken); }
        catch (Exception failure) when (RedisFailures.Of(failure) is not null) { EndPeriod(period, _watch.Describe(failure)); }
    }

    // What failed in an earlier period, and is only now noticed, says nothing of this one.
    private void EndPeriod(RedisPeriod period, string reason)
    {
        if (period.Link is null || Interlocked.CompareExchange(ref _period, new RedisPeriod(null, $"Redis is away: {reason}"), period) != period) return;
        LogAway(reason);
        _watch.Wake();
        UpChanged?.Invoke();
    }
}

/// <summary>A time in which Redis answered, or did not.</summary>
/// <param name="Link">The link, while Redis may be used.</param>
/// <param name="Reason">Why it may not.</param>
internal sealed record RedisPeriod(RedisLink? Link, string Reason);
