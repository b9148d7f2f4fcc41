using System.Collections.Immutable;
using System.Threading.Channels;

using McpRegistry.Core.Storage;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Keeps in memory which replicas there are and says that this one is. While the store is away the last known addresses stay:
/// that a replica is gone is then found out by trying.
/// </summary>
internal sealed partial class ReplicaDirectory : BackgroundService, IHostedLifecycleService, IReplicaDirectory
{
    internal static readonly TimeSpan Life = TimeSpan.FromSeconds(15);
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // A store that was away has forgotten those who live; each of them needs one interval to say so again.
    private static readonly TimeSpan Reappearing = 2 * Interval;

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _announcing = new(1, 1);
    private readonly Lock _gate = new();
    private readonly IReplicaPresence _presence;
    private readonly IListenAddress _listen;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<ReplicaDirectory> _log;
    private readonly Uri? _configured;
    private volatile ImmutableDictionary<string, Uri> _replicas = ImmutableDictionary<string, Uri>.Empty;
    private volatile Uri? _ownAddress;
    private long _upSince;
    private bool _isUp;
    private Task? _leaving;

    public ReplicaDirectory(
        IReplicaPresence presence, IListenAddress listen, IHostApplicationLifetime lifetime, IOptions<ClusterOptions> options, TimeProvider time, ILogger<ReplicaDirectory> log)
    {
        (_presence, _listen, _lifetime, _time, _log) = (presence, listen, lifetime, time, log);
        _configured = options.Value.Address is { } address ? new Uri(address) : null;
    }

    public string Self { get; } = ReplicaId.New();

    public Uri? OwnAddress => _ownAddress;

    public Uri? AddressOf(string replica) => replica == Self ? _ownAddress : _replicas.GetValueOrDefault(replica);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _presence.Changed += Wake;
        await using var started = _lifetime.ApplicationStarted.Register(Wake);
        // At the first sign of the end, so that nobody sends what could be cut off. Until it really ends it still answers.
        await using var stopping = _lifetime.ApplicationStopping.Register(() => _ = LeaveOnceAsync());
        await using var timer = _time.CreateTimer(_ => Wake(), null, Interval, Interval);
        Wake();
        try
        {
            await foreach (var _ in _wakes.Reader.ReadAllAsync(stoppingToken)) await AnnounceAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally { _presence.Changed -= Wake; }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => LeaveOnceAsync();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        _announcing.Dispose();
        base.Dispose();
    }

    private void Wake() => _wakes.Writer.TryWrite(true);

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await _announcing.WaitAsync(cancellationToken);
        try
        {
            if (_ownAddress is null && _lifetime.ApplicationStarted.IsCancellationRequested) FindOwnAddress();
            var found = await _presence.AnnounceAsync(Self, _leaving is null ? _ownAddress : null, Life, cancellationToken);
            if (!_isUp) (_isUp, _upSince) = (true, _time.GetTimestamp());
            _replicas = _time.GetElapsedTime(_upSince) < Reappearing ? _replicas.SetItems(found) : found;
        }
        catch (RegistryStoreException failure)
        {
            if (_isUp) LogAway(failure.Message);
            _isUp = false;
        }
        catch (Exception bug) when (bug is not OperationCanceledException) { LogBug(bug); }
        finally { _announcing.Release(); }
    }

    private void FindOwnAddress()
    {
        _ownAddress = _configured ?? _listen.Find();
        if (_ownAddress is null) LogNoAddress(ClusterOptions.Section + ":" + nameof(ClusterOptions.Address));
        else LogAddress(Self, _ownAddress);
    }

    private Task LeaveOnceAsync()
    {
        lock (_gate) return _leaving ??= LeaveAsync();
    }

    private async Task LeaveAsync()
    {
        await Task.Yield();
        // One that is under way would say again that this replica is there.
        await _announcing.WaitAsync();
        try { await _presence.LeaveAsync(Self, CancellationToken.None); }
        catch (RegistryStoreException failure) { LogAway(failure.Message); }
        catch (Exception bug) { LogBug(bug); }
        finally { _announcing.Release(); }
    }
}
