using System.Net;

using Microsoft.Extensions.Logging;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// Asks Redis each second whether it is there, brings it back into use after it was away, and keeps hands off one that must not
/// be used. Ends only with the process, whatever goes wrong in a round.
/// </summary>
internal sealed partial class RedisWatch(
    RedisClientSource source, RedisOptions options, RedisConnection connection, TimeProvider time, Random random, ILogger logger) : IAsyncDisposable
{
    private const string NotLetIn = $"it does not let us in. Check user and password in ConnectionStrings:{RedisOptions.ConnectionName}.";

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PaceOfRefused = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<string?> _firstVerdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _starting = new();
    private readonly SemaphoreSlim _wakes = new(0, 1);
    private Task? _started;
    private Task? _rounds;
    private ConfigurationOptions _settings = new();
    private RedisLink? _link;
    private volatile string? _denial;
    private string? _refusal;

    /// <summary>Begins; waits until Redis may be used, at most for a moment. Whoever comes later shares that wait.</summary>
    /// <exception cref="RegistryRefusedException">It is there, and must not be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_starting) return (_started ??= StartAsync()).WaitAsync(cancellationToken);
    }

    /// <summary>Something happened: do not wait for the next second.</summary>
    public void Wake()
    {
        try { _wakes.Release(); }
        catch (SemaphoreFullException) { }
    }

    /// <summary>A failure in words that may be logged.</summary>
    public string Describe(Exception failure)
    {
        if (failure is TimeoutException and not RedisTimeoutException) return FormattableString.Invariant($"no answer within {options.CommandTimeout.TotalMilliseconds} ms");
        // What follows are the client's counters.
        return Redact(failure.Message.Split([", mc: ", "; ", "\n"], StringSplitOptions.None)[0].Trim());
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_rounds is not null) await _rounds;
        await DropLinkAsync();
    }

    private string Where => string.Join(", ", _settings.EndPoints.Select(one => one is DnsEndPoint name ? $"{name.Host}:{name.Port}" : one.ToString()));

    private async Task StartAsync()
    {
        _settings = RedisSettings.Read(source, options);
        _settings.ConnectionAttemptCompleted += NoteDenial;
        _rounds = Task.Run(WatchAsync, CancellationToken.None);
        try
        {
            if (await _firstVerdict.Task.WaitAsync(PatienceAtStart, time) is { } refusal)
                throw new RegistryRefusedException($"Redis at {Where} must not be used: {refusal}");
        }
        catch (TimeoutException) { LogStartsWithout(Where); }
    }

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var pause = Pace;
            try { pause = connection.IsUp ? await PingAsync() : await AdmitAsync(); }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
            catch (Exception failure) { LogRoundFailed(failure); }
            // Many processes that lost the same Redis do not all come back at the same moment.
            await PauseAsync(pause * (0.8 + (0.4 * random.NextDouble())));
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        await using var timer = time.CreateTimer(_ => Wake(), null, pause, Timeout.InfiniteTimeSpan);
        try { await _wakes.WaitAsync(_stopping.Token); }
        catch (OperationCanceledException) { }
    }

    private async Task<TimeSpan> PingAsync()
    {
        try { await connection.RunAsync(database => database.PingAsync(CommandFlags.DemandMaster), _stopping.Token); }
        // The connection has drawn its conclusions.
        catch (RegistryStoreException) { }
        await connection.HearNewAsync(_stopping.Token);
        return Pace;
    }

    private async Task<TimeSpan> AdmitAsync()
    {
        string? refusal;
        try
        {
            var link = _link ??= await ConnectAsync();
            await connection.InTime(link.LogInAsync(_settings.User, _settings.Password));
            refusal = await connection.InTime(RedisAdmission.AskAsync(link.Database, options.KeyPrefix, connection.OldestServer));
            if (refusal is null)
            {
                await connection.HearAsync(link, _stopping.Token);
                _refusal = null;
                connection.BeginPeriod(link);
                _firstVerdict.TrySetResult(null);
                return Pace;
            }
        }
        catch (Exception failure) when (RedisFailures.Of(failure) is { } kind)
        {
            var reason = Describe(failure);
            refusal = failure switch
            {
                RedisServerException { Kind: RedisErrorKind.WrongPass or RedisErrorKind.NoAuth } => NotLetIn,
                _ when kind == RedisFailure.Denied => $"it denies us what we need: {reason}",
                _ => _denial,
            };
            if (refusal is null)
            {
                connection.Explain($"Redis is away: {reason}");
                return Pace;
            }
        }
        return await RefuseAsync(refusal);
    }

    private async Task<TimeSpan> RefuseAsync(string refusal)
    {
        connection.Explain($"Redis must not be used: {refusal}");
        if (_refusal != refusal) LogRefused(Where, refusal);
        _refusal = refusal;
        // A client that is left to itself would go on knocking with the wrong password.
        await DropLinkAsync();
        _firstVerdict.TrySetResult(refusal);
        return PaceOfRefused;
    }

    private async Task<RedisLink> ConnectAsync()
    {
        _denial = null;
        return await RedisLink.ConnectAsync(_settings, source.Trace, NoteLost, Wake, time).WaitAsync(_stopping.Token);
    }

    private async Task DropLinkAsync()
    {
        if (_link is { } link) await link.DisposeAsync();
        _link = null;
    }

    // A restart between two pings is a new Redis all the same, and perhaps an empty one.
    private void NoteLost()
    {
        connection.EndPeriod("the connection broke");
        Wake();
    }

    private void NoteDenial(object? sender, ConnectionAttemptCompletedEventArgs attempt)
    {
        if (attempt.IsSuccess) _denial = null;
        else if (attempt.ServerCertificateAccepted == false) _denial = $"its certificate is not trusted ({attempt.ServerCertificatePolicyErrors}); see {RedisOptions.Section}:AuthorityFile.";
        else if (attempt.FailureType == ConnectionFailureType.AuthenticationFailure && attempt.Stage >= ConnectionAttemptStage.Handshake)
            _denial = NotLetIn;
    }

    private string Redact(string text)
    {
        foreach (var secret in new[] { _settings.Password, _settings.SentinelPassword })
        {
            if (secret is { Length: > 0 }) text = text.Replace(secret, "***", StringComparison.Ordinal);
        }
        return text;
    }
}
