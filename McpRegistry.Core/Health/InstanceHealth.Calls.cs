using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Health;

public sealed partial class InstanceHealth
{
    internal const int MostFailedCallsInARow = 3;

    private int _failedCallsInARow;
    private int _doubtfulCallsInARow;
    private volatile string? _refusal;

    // The time stamp of the last answer of any kind, be it to a call or to a probe; written by every call, read without the lock.
    private long _lifeAt = long.MinValue;

    /// <summary>Must be asked before a call is sent to an available instance: a half-open one lets exactly one trial through.</summary>
    /// <param name="admission">To be disposed when the call has ended.</param>
    /// <returns>False: another call is the trial just now; choose another instance.</returns>
    public bool TryAdmit(out Admission admission)
    {
        admission = default;
        if (Volatile.Read(ref _opensAt) == Open) return true;
        if (!IsAvailable) return false;
        lock (_gate)
        {
            if (Volatile.Read(ref _opensAt) == Open) return true;
            if (!IsAvailable) return false;
            admission = new Admission(this, _absence.BeginTrial());
            Settle(HealthChange.Ejected);
            return true;
        }
    }

    /// <summary>Tells how a call went. Timeouts are told by <see cref="RecordTimeout"/>.</summary>
    /// <param name="outcome">What became of it. A caller's cancellation is never held against the instance.</param>
    /// <param name="isAlive">True when the instance showed life although the call failed (401, 403, 429).</param>
    /// <param name="refusal">Why a living instance would not have us. Null: it would.</param>
    public void RecordCall(UpstreamOutcome outcome, bool isAlive, string? refusal = null)
    {
        if (refusal is not null || (outcome == UpstreamOutcome.Answered && _refusal is not null)) NoteRefusal(refusal);
        if (isAlive || outcome is UpstreamOutcome.Answered or UpstreamOutcome.ResponseTooLarge or UpstreamOutcome.NoRoom) RecordLife();
        else if (outcome == UpstreamOutcome.ConnectFailed) RecordFailure();
        else if (outcome is UpstreamOutcome.SentButNoAnswer or UpstreamOutcome.ProtocolError)
        {
            // One caller's calls can fail so on the soundest server.
            RecordDoubt(isSilence: false);
            Suspect();
        }
    }

    /// <summary>
    /// Tells that a call got no answer in its time. An instance that answered anything since the call began is only slow with this one;
    /// of one that did not, silent calls are a doubt, and the probe that follows decides.
    /// </summary>
    /// <param name="sentAt">The time stamp at which the call was sent.</param>
    public void RecordTimeout(long sentAt)
    {
        if (Volatile.Read(ref _lifeAt) <= sentAt) RecordDoubt(isSilence: true);
        Suspect();
    }

    /// <summary>The call that had the trial has ended.</summary>
    internal void GiveBack(long trial)
    {
        lock (_gate)
        {
            if (_absence.AbandonTrial(trial)) Settle(HealthChange.Ejected);
        }
    }

    private bool HasFailedTooOften => _failedCallsInARow + _doubtfulCallsInARow >= MostFailedCallsInARow;

    // A probe is then due at once, and tells of it.
    private void NoteRefusal(string? refusal)
    {
        lock (_gate)
        {
            if (_refusal == refusal) return;
            _refusal = refusal;
            Settle(HealthChange.Ejected);
        }

        Suspect();
    }

    private void RecordLife()
    {
        Volatile.Write(ref _lifeAt, time.GetTimestamp());
        if (_isCalm) return;
        HealthChange? change;
        lock (_gate)
        {
            NoticeLife();
            _failedCallsInARow = 0;
            // While it is out and no trial runs, this is the late answer of a call from before.
            if (_absence.IsOnTrial) _absence.End();
            change = Settle(HealthChange.Ejected);
        }

        if (change is { } told) Changed?.Invoke(told);
    }

    private void RecordFailure()
    {
        HealthChange? change;
        lock (_gate)
        {
            _isHanging = false;
            var isOpen = Volatile.Read(ref _opensAt) == Open;
            if (isOpen) _failedCallsInARow++;
            change = Judge(isOpen && HasFailedTooOften);
        }

        if (change is { } told) Changed?.Invoke(told);
        Suspect();
    }

    // Three are not enough to be out: the probe that follows decides.
    private void RecordDoubt(bool isSilence)
    {
        HealthChange? change;
        lock (_gate)
        {
            _isHanging = isSilence;
            if (Volatile.Read(ref _opensAt) == Open) _doubtfulCallsInARow++;
            change = Judge(isGivenUp: false);
        }

        if (change is { } told) Changed?.Invoke(told);
    }

    // Under the lock, after a bad call.
    private HealthChange? Judge(bool isGivenUp)
    {
        if (!isGivenUp && !_absence.IsOnTrial)
        {
            Settle(HealthChange.Ejected);
            return null;
        }

        Eject();
        return Settle(HealthChange.Ejected) ?? HealthChange.Ejected;
    }

    private void Eject()
    {
        (_failedCallsInARow, _doubtfulCallsInARow) = (0, 0);
        _absence.Eject();
    }

    // Under the lock: it has answered something just now, so it does not hang, whatever some calls wait for.
    private void NoticeLife()
    {
        Volatile.Write(ref _lifeAt, time.GetTimestamp());
        _isHanging = false;
        _doubtfulCallsInARow = 0;
    }
}
