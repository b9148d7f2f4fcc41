namespace McpRegistry.Core.Health;

public sealed partial class InstanceHealth
{
    // One missed write, or a new leader on its way, is no reason for every gateway to probe.
    private const int IntervalsUntilStale = 3;

    private long _advisedAt = long.MinValue;

    /// <summary>How old the last advice is. Null: there never was any.</summary>
    internal TimeSpan? AdviceAge => Volatile.Read(ref _advisedAt) is var at && at == long.MinValue ? null : time.GetElapsedTime(at);

    /// <summary>How long the last advice still counts as the view of the probes. Zero: it is stale, or there never was any.</summary>
    internal TimeSpan AdviceLeft => AdviceAge is { } age && settings.Interval * IntervalsUntilStale - age is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>
    /// True while others watch well enough: their advice is fresh, and nothing seen from here speaks against it. What looks bad from
    /// here is for own probes to decide; the way from here may be broken while the others' is not.
    /// </summary>
    internal bool RestsOnAdvice
    {
        get
        {
            if (AdviceLeft == TimeSpan.Zero || IsSuspected) return false;
            lock (_gate) return !_probes.IsOwnTrouble && !_absence.IsOut && _disconnectReason is null;
        }
    }

    /// <summary>The last probe, own or told of. Null: there was none.</summary>
    internal HealthCheckRecord? LastCheck
    {
        get
        {
            lock (_gate) return _history.Last;
        }
    }

    /// <summary>Takes in what another process found: as good as enough own probes, but it neither ends an ejection earlier than one probe may nor proves our connection.</summary>
    internal void TakeAdvice(HealthAdvice advice)
    {
        var isGood = advice.Verdict == HealthVerdict.Healthy;
        HealthChange? change;
        lock (_gate)
        {
            Volatile.Write(ref _advisedAt, time.GetTimestamp() - (long)(advice.Age.TotalSeconds * time.TimestampFrequency));
            _history.Add(new HealthCheckRecord(time.GetUtcNow() - advice.Age, advice.Probe));
            _probes.Advise(isGood);
            _absence.WeighProbe(isGood);
            change = Settle(HealthChange.Unhealthy);
        }

        if (change is { } told) Changed?.Invoke(told);
    }
}
