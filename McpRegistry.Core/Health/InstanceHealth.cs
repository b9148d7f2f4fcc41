using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Health;

/// <summary>
/// What probes (active health), calls (passive health) and the connection have shown of one instance. Safe to use from many
/// threads; while all is well nothing here takes a lock.
/// </summary>
/// <param name="settings">When probes make it unhealthy and healthy again.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads ejections; must be safe to share.</param>
public sealed class InstanceHealth(HealthSettings settings, TimeProvider time, Random random)
{
    internal const int MostFailedCallsInARow = 3;

    /// <summary>How long the trial may take before another call becomes the trial.</summary>
    internal static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a half-open instance waits for a call to try; then a good probe is trial enough.</summary>
    internal static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);

    private const long Open = long.MinValue;
    private const long Shut = long.MaxValue;

    private readonly Lock _gate = new();
    private readonly ProbeHysteresis _probes = new(settings.Fall, settings.Rise);
    private readonly ProbeHistory _history = new();
    private readonly EjectionSchedule _ejections = new(time, random);
    private readonly FlapDamper _flaps = new(time);

    // Read without the lock. _opensAt: Open, Shut, or the timestamp from which on one call is let through as a trial.
    private volatile HealthStatus _status = HealthStatus.Unknown;
    private volatile bool _isCalm = true;
    private volatile bool _isHanging;
    private long _opensAt = Open;
    private int _isSuspected;

    private int _failedCallsInARow;
    private string? _disconnectReason;
    private Absence? _absence;
    private int _goodProbesInAbsence;
    private long? _trialEndsAt;

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

    /// <summary>The last 20 probes, newest first.</summary>
    public ImmutableArray<HealthCheckRecord> RecentChecks
    {
        get
        {
            lock (_gate) return _history.NewestFirst();
        }
    }

    /// <summary>Must be asked before a call is sent to an available instance: a half-open one lets exactly one trial through.</summary>
    /// <returns>False: another call is the trial just now; choose another instance.</returns>
    public bool TryAdmit()
    {
        if (Volatile.Read(ref _opensAt) == Open) return true;
        if (!IsAvailable) return false;
        lock (_gate)
        {
            if (Volatile.Read(ref _opensAt) == Open) return true;
            if (!IsAvailable) return false;
            _trialEndsAt = time.GetTimestamp() + Ticks(TrialTime);
            Settle(HealthChange.Ejected);
            return true;
        }
    }

    /// <summary>Tells how a call went. Timeouts are told by <see cref="RecordTimeout"/>.</summary>
    /// <param name="outcome">What became of it. A caller's cancellation is never held against the instance.</param>
    /// <param name="isAlive">True when the instance showed life although the call failed (401, 403, 429).</param>
    public void RecordCall(UpstreamOutcome outcome, bool isAlive)
    {
        if (isAlive || outcome is UpstreamOutcome.Answered or UpstreamOutcome.ResponseTooLarge) RecordLife();
        else if (outcome is UpstreamOutcome.ConnectFailed or UpstreamOutcome.SentButNoAnswer or UpstreamOutcome.ProtocolError)
        {
            _isHanging = false;
            RecordFailure();
        }
        else RecordNothingLearned();
    }

    /// <summary>Tells that a call got no answer in its time.</summary>
    public void RecordTimeout()
    {
        _isHanging = true;
        RecordFailure();
    }

    /// <summary>True when the last thing seen of it was silence: a call sent there, in want of a better one, would wait for nothing.</summary>
    public bool IsHanging => _isHanging;

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
            _probes.RecordHandshake();
            change = Settle(HealthChange.Unhealthy) ?? HealthChange.Connected;
        }

        Changed?.Invoke(change);
    }

    /// <summary>Tells that the connection is gone, e.g. that the child ended: out at once, until it is connected again.</summary>
    /// <param name="reason">Why, in words without anything the upstream sent.</param>
    public void RecordDisconnected(string reason)
    {
        HealthChange change;
        lock (_gate)
        {
            _disconnectReason = reason;
            change = Settle(HealthChange.Disconnected) ?? HealthChange.Disconnected;
        }

        Changed?.Invoke(change);
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
            _isHanging = result.IsSilence;
            if (result.IsHealthy) Reconnect();
            WeighProbeInAbsence(result.IsHealthy);
            change = Settle(HealthChange.Unhealthy);
        }

        if (change is { } told) Changed?.Invoke(told);
    }

    private void RecordLife()
    {
        if (_isHanging) _isHanging = false;
        if (_isCalm) return;
        HealthChange? change;
        lock (_gate)
        {
            _failedCallsInARow = 0;
            // While it is out and no trial runs, this is the late answer of a call from before.
            if (_trialEndsAt is not null) Readmit();
            change = Settle(HealthChange.Ejected);
        }

        if (change is { } told) Changed?.Invoke(told);
    }

    private void RecordFailure()
    {
        HealthChange? change = null;
        lock (_gate)
        {
            var isOpen = Volatile.Read(ref _opensAt) == Open;
            if (_trialEndsAt is not null || (isOpen && ++_failedCallsInARow >= MostFailedCallsInARow))
            {
                Leave(_ejections.Next(), isHeldDown: false);
                change = Settle(HealthChange.Ejected) ?? HealthChange.Ejected;
            }
            else Settle(HealthChange.Ejected);
        }

        if (change is { } told) Changed?.Invoke(told);
        Suspect();
    }

    private void RecordNothingLearned()
    {
        if (_isCalm) return;
        lock (_gate)
        {
            _trialEndsAt = null;
            Settle(HealthChange.Ejected);
        }
    }

    /// <summary>Good probes may end the first ejection early, half-open. Later ones are waited out: there, calls fail while probes go well.</summary>
    private void WeighProbeInAbsence(bool isGood)
    {
        if (_absence is not { } absence) return;
        _goodProbesInAbsence = isGood ? _goodProbesInAbsence + 1 : 0;
        if (!isGood) return;

        var now = time.GetTimestamp();
        var quietSince = Math.Max(absence.Until, _trialEndsAt ?? Open);
        if (now >= quietSince && time.GetElapsedTime(quietSince, now) >= QuietTime) Readmit();
        else if (now < absence.Until && !absence.IsHeldDown && _ejections.IsFirst && _goodProbesInAbsence >= settings.Rise)
            _absence = absence with { Until = now, UntilUtc = time.GetUtcNow() };
    }

    private void Reconnect()
    {
        if (_disconnectReason is null) return;
        _disconnectReason = null;
        _failedCallsInARow = 0;
        _trialEndsAt = null;
        if (_absence is { IsHeldDown: false }) Readmit();
    }

    private void Leave(TimeSpan duration, bool isHeldDown)
    {
        _absence = new Absence(time.GetTimestamp() + Ticks(duration), time.GetUtcNow() + duration, isHeldDown);
        _goodProbesInAbsence = 0;
        _failedCallsInARow = 0;
        _trialEndsAt = null;
    }

    private void Readmit()
    {
        _absence = null;
        _trialEndsAt = null;
        _ejections.Readmitted();
    }

    /// <summary>Makes what readers see of all the facts. Call it last, under the lock.</summary>
    /// <param name="whenOut">What to call it if the instance is out by this.</param>
    /// <returns>What became of it. Null: it is in or out as before.</returns>
    private HealthChange? Settle(HealthChange whenOut)
    {
        var wasIn = Volatile.Read(ref _opensAt) == Open;
        var isIn = _disconnectReason is null && _absence is null && _probes.Verdict != HealthVerdict.Unhealthy;
        HealthChange? change = wasIn == isIn ? null : isIn ? HealthChange.Recovered : whenOut;
        if (change is not null && _flaps.Record() is { } hold)
        {
            Leave(hold, isHeldDown: true);
            (isIn, change) = (false, HealthChange.HeldDown);
        }

        Volatile.Write(ref _opensAt, OpensAt(isIn));
        _isCalm = isIn && _failedCallsInARow == 0;
        _status = Describe(isIn);
        return change;
    }

    private long OpensAt(bool isIn)
    {
        if (isIn) return Open;
        if (_disconnectReason is not null || _probes.Verdict == HealthVerdict.Unhealthy || _absence is not { } absence) return Shut;
        return _trialEndsAt ?? absence.Until;
    }

    private HealthStatus Describe(bool isIn) => new()
    {
        Verdict = isIn ? _probes.Verdict : HealthVerdict.Unhealthy,
        LastCheck = _history.Last?.At,
        ResponseTime = _history.LastResponseTime,
        Error = _disconnectReason ?? (_absence, _history.Last?.Result) switch
        {
            ({ IsHeldDown: true }, _) => "It came and went too often and is kept out for a while.",
            (_, { IsHealthy: false, Error: { } error }) when !isIn || _probes.Verdict != HealthVerdict.Healthy => error,
            ({ }, _) => $"{MostFailedCallsInARow} calls in a row failed.",
            (_, { IsHealthy: true, Error: { } refusal }) => refusal,
            _ => null,
        },
        EjectedUntil = _absence?.UntilUtc,
    };

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);

    /// <summary>A time out by calls that failed, or by coming and going too often.</summary>
    private readonly record struct Absence(long Until, DateTimeOffset UntilUtc, bool IsHeldDown);
}
