namespace McpRegistry.Core.Health;

/// <summary>
/// The time an instance is out for failed calls or for flapping, and how it comes back: half-open, with one call as its trial.
/// Not safe for many threads.
/// </summary>
internal sealed class Absence(int rise, TimeProvider time, Random random)
{
    /// <summary>How long the trial may take before another call becomes the trial.</summary>
    public static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a half-open instance waits for a call to try; then a good probe is trial enough.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);

    private readonly EjectionSchedule _ejections = new(time, random);
    private long _until;
    private long? _trialEndsAt;
    private long _trials;
    private int _goodProbes;

    /// <summary>Null: it is not out.</summary>
    public DateTimeOffset? Until { get; private set; }

    public bool IsOut => Until is not null;

    public bool IsHeldDown { get; private set; }

    public bool IsOnTrial => _trialEndsAt is not null;

    /// <summary>The timestamp from which on a call may be the trial.</summary>
    public long NextTrialAt => _trialEndsAt ?? _until;

    public void Eject() => Begin(_ejections.Next(), isHeldDown: false);

    public void HoldDown(TimeSpan duration) => Begin(duration, isHeldDown: true);

    /// <returns>The number of the trial.</returns>
    public long BeginTrial()
    {
        _trialEndsAt = After(TrialTime);
        return ++_trials;
    }

    /// <summary>The trial of this number told nothing; the next call is the trial. False: it is over, or another took its place.</summary>
    public bool AbandonTrial(long number)
    {
        if (!IsOnTrial || number != _trials) return false;
        _trialEndsAt = null;
        return true;
    }

    public void End()
    {
        if (!IsOut) return;
        Until = null;
        IsHeldDown = false;
        _trialEndsAt = null;
        _ejections.Readmitted();
    }

    /// <summary>Good probes may end the first ejection early, half-open. Later ones are waited out: there, calls fail while probes go well.</summary>
    public void WeighProbe(bool isGood)
    {
        if (!IsOut) return;
        _goodProbes = isGood ? _goodProbes + 1 : 0;
        if (!isGood) return;

        var now = time.GetTimestamp();
        if (now >= NextTrialAt && time.GetElapsedTime(NextTrialAt, now) >= QuietTime) End();
        else if (now < _until && !IsHeldDown && _ejections.IsFirst && _goodProbes >= rise) (_until, Until) = (now, time.GetUtcNow());
    }

    private void Begin(TimeSpan duration, bool isHeldDown)
    {
        _until = After(duration);
        Until = time.GetUtcNow() + duration;
        IsHeldDown = isHeldDown;
        _trialEndsAt = null;
        _goodProbes = 0;
    }

    private long After(TimeSpan duration) => time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
}
