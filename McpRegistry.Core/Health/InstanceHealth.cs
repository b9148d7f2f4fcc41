using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Health;

/// <summary>
/// What probes (active health), calls (passive health) and the connection have shown of one instance. Safe to use from many
/// threads; while all is well nothing here takes a lock.
/// </summary>
/// <param name="settings">When probes make it unhealthy and healthy again.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads ejections; must be safe to share.</param>
public sealed partial class InstanceHealth(HealthSettings settings, TimeProvider time, Random random)
{
    private const long Open = long.MinValue;
    private const long Shut = long.MaxValue;

    private readonly Lock _gate = new();
    private readonly ProbeHysteresis _probes = new(settings.Fall, settings.Rise);
    private readonly ProbeHistory _history = new();
    private readonly Absence _absence = new(settings.Rise, time, random);
    private readonly FlapDamper _flaps = new(time);

    // Read without the lock. _opensAt: Open, Shut, or the timestamp from which on one call is let through as a trial.
    private volatile HealthStatus _status = HealthStatus.Unknown;
    private volatile bool _isCalm = true;
    private volatile bool _isHanging;
    private long _opensAt = Open;
    private int _isSuspected;

    private string? _disconnectReason;

    /// <summary>Raised after something became of the instance, on the thread that told of it: handlers must return at once.</summary>
    public event Action<HealthChange>? Changed;

    /// <summary>Raised at the first doubt since the last probe, on the doubting thread: handlers must return at once.</summary>
    public event Action? Suspected;

    /// <summary>The current view. A half-open instance is <see cref="HealthVerdict.Unknown"/>: it may get a call.</summary>
    public HealthStatus Status
    {
        get
        {
            var status = _status;
            return status.Verdict == HealthVerdict.Unhealthy && IsAvailable ? status with { Verdict = HealthVerdict.Unknown } : status;
        }
    }

    /// <summary>True when the instance may get calls. Nothing known counts as well: it gets calls as soon as it is connected.</summary>
    public bool IsAvailable => Volatile.Read(ref _opensAt) switch
    {
        Open => true,
        Shut => false,
        var opensAt => time.GetTimestamp() >= opensAt,
    };

    /// <summary>True from the first doubt (<see cref="Suspect"/>, a failed call) to the next probe.</summary>
    public bool IsSuspected => Volatile.Read(ref _isSuspected) != 0;

    /// <summary>True when the last thing seen of it was silence: a call sent there would only wait. Refusing and breaking off are not silence.</summary>
    public bool IsHanging => _isHanging;

    /// <summary>The last 20 probes, newest first.</summary>
    public ImmutableArray<HealthCheckRecord> RecentChecks
    {
        get
        {
            lock (_gate) return _history.NewestFirst();
        }
    }

    /// <summary>Tells of a doubt (a call long without an answer), so that the instance is probed early. Cheap and safe to repeat.</summary>
    public void Suspect()
    {
        if (IsSuspected || Interlocked.Exchange(ref _isSuspected, 1) != 0) return;
        Suspected?.Invoke();
    }

    /// <summary>Tells that a handshake was finished. An instance that was disconnected starts afresh: what failed was its former life.</summary>
    public void RecordConnected()
    {
        HealthChange change;
        lock (_gate)
        {
            Reconnect();
            _refusal = null;
            NoticeLife();
            _probes.RecordHandshake();
            change = Settle(HealthChange.Unhealthy) ?? HealthChange.Connected;
        }

        Changed?.Invoke(change);
    }

    /// <summary>Tells that the connection is gone, e.g. that the child ended: out at once, until it is connected again.</summary>
    /// <param name="reason">Why, in words without anything the upstream sent.</param>
    public void RecordDisconnected(string reason)
    {
        HealthChange? change;
        lock (_gate)
        {
            // A child that cannot start says so at each attempt, one that is held down goes on flapping: that is no news.
            var isNews = _disconnectReason != reason && !_absence.IsHeldDown;
            _disconnectReason = reason;
            change = Settle(HealthChange.Disconnected) ?? (isNews ? HealthChange.Disconnected : null);
        }

        if (change is { } told) Changed?.Invoke(told);
    }

    /// <summary>Tells how a probe went.</summary>
    public void RecordProbe(ProbeResult result)
    {
        HealthChange? change;
        lock (_gate)
        {
            Volatile.Write(ref _isSuspected, 0);
            _history.Add(new HealthCheckRecord(time.GetUtcNow(), result));
            _probes.Record(result.IsHealthy);
            if (result.IsHealthy)
            {
                Reconnect();
                NoticeLife();
            }
            else _isHanging = result.IsSilence;
            _absence.WeighProbe(result.IsHealthy);
            // The probe that the silent calls asked for.
            var isGivenUp = !result.IsHealthy && _doubtfulCallsInARow > 0 && HasFailedTooOften;
            if (isGivenUp) Eject();
            change = Settle(isGivenUp ? HealthChange.Ejected : HealthChange.Unhealthy);
        }

        if (change is { } told) Changed?.Invoke(told);
    }

    private void Reconnect()
    {
        if (_disconnectReason is null) return;
        _disconnectReason = null;
        (_failedCallsInARow, _doubtfulCallsInARow) = (0, 0);
        if (!_absence.IsHeldDown) _absence.End();
    }

    /// <summary>Makes what readers see of all the facts. Call it last, under the lock.</summary>
    /// <param name="whenOut">What to call it if the instance is out by this.</param>
    /// <returns>What became of it. Null: it is in or out as before.</returns>
    private HealthChange? Settle(HealthChange whenOut)
    {
        var wasIn = Volatile.Read(ref _opensAt) == Open;
        var isIn = _disconnectReason is null && !_absence.IsOut && _probes.Verdict != HealthVerdict.Unhealthy;
        HealthChange? change = wasIn == isIn ? null : isIn ? HealthChange.Recovered : whenOut;
        if (change is not null && _flaps.Record() is { } hold)
        {
            _absence.HoldDown(hold);
            (isIn, change) = (false, HealthChange.HeldDown);
        }

        Volatile.Write(ref _opensAt, OpensAt(isIn));
        _isCalm = isIn && _failedCallsInARow == 0 && _doubtfulCallsInARow == 0 && !_isHanging;
        _status = Describe(isIn);
        return change;
    }

    private long OpensAt(bool isIn)
    {
        if (isIn) return Open;
        if (_disconnectReason is not null || _probes.Verdict == HealthVerdict.Unhealthy) return Shut;
        return _absence.NextTrialAt;
    }

    private HealthStatus Describe(bool isIn) => new()
    {
        Verdict = isIn ? _probes.Verdict : HealthVerdict.Unhealthy,
        LastCheck = _history.Last?.At,
        ResponseTime = _history.LastResponseTime,
        Error = ErrorOf(isIn),
        EjectedUntil = _absence.Until,
    };

    private string? ErrorOf(bool isIn)
    {
        if (_disconnectReason is not null) return _disconnectReason;
        if (_absence.IsHeldDown) return "It came and went too often and is kept out for a while.";
        // One bad probe of a healthy instance is no error yet; a good one may carry a living instance's refusal.
        if (_history.Last?.Result is { Error: { } error } last && (last.IsHealthy || !isIn || _probes.Verdict != HealthVerdict.Healthy)) return error;
        if (_absence.IsOut) return $"{MostFailedCallsInARow} calls in a row failed.";
        return isIn ? _refusal : null;
    }
}
