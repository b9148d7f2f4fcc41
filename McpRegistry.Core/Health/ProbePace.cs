using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Health;

/// <summary>When to probe an instance next, and how long to wait for it. Not safe for many threads.</summary>
internal sealed class ProbePace(Random random)
{
    /// <summary>The least time from the begin of one probe to the begin of the next, whoever asks.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);

    // A call without an answer is noticed after 5 s; with three probes of 2 + 1 + 1 s a hung instance is out before 10 s.
    private static readonly TimeSpan FirstDoubt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FurtherDoubt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan[] Steps = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)];

    // A handshake does not tell how soon an instance answers, and whoever does not know that would take a slow one for a dead one.
    private static readonly TimeSpan AfterHandshake = TimeSpan.FromSeconds(2);

    private const double Jitter = 0.2;
    private const int TimesItsUsualTime = 3;

    private int _badInARow;
    private int _step;
    private bool _isUnmeasured;

    /// <summary>How long the next probe of a connected instance may take.</summary>
    public TimeSpan Patience(HealthSettings settings, HealthStatus status, bool isSuspected)
    {
        if (status.Verdict == HealthVerdict.Unhealthy || (_badInARow == 0 && !isSuspected)) return settings.Timeout;
        var shortest = _badInARow == 0 ? FirstDoubt : FurtherDoubt;
        // One that always takes its time is not dead for it.
        var usual = (status.ResponseTime ?? TimeSpan.Zero) * TimesItsUsualTime;
        return Min(settings.Timeout, usual > shortest ? usual : shortest);
    }

    /// <summary>Takes in how a probe went.</summary>
    public void Record(ProbeResult result)
    {
        var isTurn = result.IsHealthy == _badInARow > 0;
        _badInARow = result.IsHealthy ? 0 : _badInARow + 1;
        _step = isTurn ? 0 : _step + 1;
        _isUnmeasured = result is { IsHandshake: true, IsHealthy: true };
    }

    /// <summary>How long to rest after a probe that took <paramref name="elapsed"/>.</summary>
    public TimeSpan Rest(HealthSettings settings, HealthVerdict verdict, TimeSpan elapsed)
    {
        if (verdict == HealthVerdict.Healthy && _badInARow > 0) return elapsed < Spacing ? Spacing - elapsed : TimeSpan.Zero;
        if (verdict == HealthVerdict.Healthy && _isUnmeasured) return Spread(Min(AfterHandshake, settings.Interval));
        return Spread(verdict == HealthVerdict.Healthy ? settings.Interval : Min(Steps[Math.Min(_step, Steps.Length - 1)], settings.Interval));
    }

    private TimeSpan Spread(TimeSpan duration) => duration * (1 - Jitter + random.NextDouble() * 2 * Jitter);

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
