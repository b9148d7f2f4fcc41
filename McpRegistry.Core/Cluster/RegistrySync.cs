using McpRegistry.Core.Health;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// Follows the shared store: reads what others changed when it hears of it, everything when it may have missed something, and asks
/// now and then whether it did. While the store is away the snapshot goes on as it is.
/// </summary>
internal sealed partial class RegistrySync : BackgroundService
{
    private readonly ISharedRegistry _store;
    private readonly SharedView _view;
    private readonly DiskSnapshotWriter _disk;
    private readonly RegistryFreshness _freshness;
    private readonly SyncPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger<RegistrySync> _logger;
    private readonly HeardChanges _heard = new();
    private readonly WakeablePause _pause;
    private volatile bool _cameBack;
    private bool _isAwayTold;
    private int _failures;
    private long _triedAt;

    public RegistrySync(
        ISharedRegistry store, SharedView view, DiskSnapshotWriter disk, RegistryFreshness freshness, OwnWrites writes, SyncPace pace, TimeProvider time, ILogger<RegistrySync> logger)
    {
        (_store, _view, _disk, _freshness, _pace, _time, _logger) = (store, view, disk, freshness, pace, time, logger);
        _pause = new WakeablePause(time);
        writes.AreRemembered = true;
    }

    /// <summary>Reads the store before anything is served; when it is away, takes what was known the last time.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _freshness.AwaitStore();
        _store.Changed += OnChanged;
        _store.UpChanged += OnUpChanged;
        _heard.Miss();
        var remembered = _disk.Load();
        if (remembered is not null) _view.Recall(remembered.Content);
        if (!await TryFirstReadAsync(cancellationToken) && remembered is not null && await _view.ServeRecalledAsync(cancellationToken))
        {
            _freshness.Remember(remembered.Age);
            LogRemembered(remembered.Content.Registrations.Length, (long)remembered.Age.TotalSeconds);
        }
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _store.Changed -= OnChanged;
        _store.UpChanged -= OnUpChanged;
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _pause.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await UntilDueAsync(stoppingToken);
                await TryRoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task<bool> TryFirstReadAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (!await TryRoundAsync(cancellationToken))
        {
            var left = SyncPace.StartPatience - _time.GetElapsedTime(started);
            // The connection was waited for before anything started; here only somebody else's seeding is.
            if (left <= TimeSpan.Zero || !_store.IsUp) return false;
            await _pause.WaitAsync(left < SyncPace.Retry(1) ? left : SyncPace.Retry(1), cancellationToken);
        }
        _cameBack = false;
        return true;
    }

    /// <summary>Waits until something was heard, it is time to ask, or to try again.</summary>
    private async Task UntilDueAsync(CancellationToken cancellationToken)
    {
        var isRetry = _failures > 0;
        var wait = isRetry && _store.IsUp ? SyncPace.Retry(_failures) : _pace.Poll();
        // A wake may be left over from what was read already, and asking then would find what is being told just now.
        while ((isRetry || _heard.IsEmpty) && wait > _time.GetElapsedTime(_triedAt) && !_cameBack) await _pause.WaitAsync(wait - _time.GetElapsedTime(_triedAt), cancellationToken);

        if (_cameBack)
        {
            _cameBack = false;
            await Task.Delay(_pace.Return(), _time, cancellationToken);
        }
        else if (!_heard.IsEmpty) await Task.Delay(SyncPace.Burst, _time, cancellationToken);
    }

    /// <summary>Reads what there is to read. No exception leaves it: a loop that died would leave the snapshot as it was for ever.</summary>
    /// <returns>True when the snapshot has everything now.</returns>
    private async Task<bool> TryRoundAsync(CancellationToken cancellationToken)
    {
        var doubts = _freshness.Doubts;
        try
        {
            await ReadAsync(_heard.Take(), cancellationToken);
            _failures = 0;
            _freshness.Confirm(doubts);
            TellBack();
        }
        catch (RegistryStoreException away)
        {
            Fail();
            TellAway(away.Message);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Fail();
            LogFault(fault);
        }
        _triedAt = _time.GetTimestamp();
        return _freshness.IsInStep;
    }

    private async Task ReadAsync(HeardChanges.Batch heard, CancellationToken cancellationToken)
    {
        var before = _view.Position;
        var isFollowed = _freshness.IsInStep && (heard.IsEmpty ? await _view.IsUpToDateAsync(cancellationToken) : await _view.TryFollowAsync(heard, cancellationToken));
        if (!isFollowed) await _view.ReadAllAsync(cancellationToken);
        if (before != _view.Position) _disk.Offer(await _view.CopyAsync(cancellationToken));
    }

    private void Fail()
    {
        _failures++;
        _heard.Miss();
        _freshness.Doubt();
    }

    private void TellAway(string reason)
    {
        if (!_isAwayTold) LogAway(reason);
        _isAwayTold = true;
    }

    private void TellBack()
    {
        if (_isAwayTold && _view.Position is { } position) LogBack(position.Generation, position.Version);
        _isAwayTold = false;
    }

    private void OnChanged(SharedChange change)
    {
        _heard.Add(change);
        _pause.Wake();
    }

    private void OnUpChanged()
    {
        // Whatever came of it: messages may be lost, and the next store that answers may be another one.
        _freshness.Doubt();
        _heard.Miss();
        _cameBack = _store.IsUp;
        _pause.Wake();
    }
}
