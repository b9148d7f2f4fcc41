namespace McpRegistry.Core.Health;

/// <summary>How long an instance stays out: longer each time, until it has been well for a while. Not safe for many threads.</summary>
internal sealed class EjectionSchedule(TimeProvider time, Random random)
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(5);

    // Instances that failed together must not come back together.
    private const double Jitter = 0.2;

    private int _inARow;
    private long? _readmittedAt;

    public bool IsFirst => _inARow <= 1;

    public TimeSpan Next()
    {
        if (_readmittedAt is { } at && time.GetElapsedTime(at) >= ForgottenAfter) _inARow = 0;
        _readmittedAt = null;
        _inARow++;
        return (_inARow < Longest / Step ? Step * _inARow : Longest) * (1 + random.NextDouble() * Jitter);
    }

    public void Readmitted() => _readmittedAt ??= time.GetTimestamp();
}
