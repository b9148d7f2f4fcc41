namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>When a child that ended is started again.</summary>
internal sealed class RestartPolicy(StdioOptions options, TimeProvider time, Random random)
{
    private const double Jitter = 0.2;
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LeastForACall = TimeSpan.FromSeconds(0.5);

    private readonly Queue<long> _exits = new();
    private int _restarts;
    private int _cutShort;

    /// <summary>How long a pause lasts even when a call waits for the child: longer each time in a row that calls cut one short, and the child did not last.</summary>
    public TimeSpan ShortestPause => Doubled(_cutShort) is var pause && pause > LeastForACall ? pause : LeastForACall;

    /// <summary>True from too many exits in a short time until a child lives long enough to be forgiven.</summary>
    public bool IsCrashLoop { get; private set; }

    /// <summary>A child ended after it had lived this long; tells how long to wait before the next.</summary>
    public TimeSpan Exited(TimeSpan lived)
    {
        if (lived >= options.SteadyAfter) _cutShort = 0;
        if (lived >= options.ForgivenAfter) Forgive();
        var now = time.GetTimestamp();
        _exits.Enqueue(now);
        while (time.GetElapsedTime(_exits.Peek(), now) >= options.CrashLoopWindow) _exits.Dequeue();
        IsCrashLoop |= _exits.Count >= options.CrashLoopExits;
        if (IsCrashLoop) return options.CrashLoopWindow;

        var restart = _restarts++;
        if (restart == 0 && lived >= options.SteadyAfter) return AtOnce;
        return Doubled(restart) * (1 + (Jitter * ((2 * random.NextDouble()) - 1)));
    }

    /// <summary>The pause was cut short for a call.</summary>
    public void CutShort() => _cutShort++;

    private TimeSpan Doubled(int times)
    {
        var delay = options.RestartDelay * Math.Pow(2, Math.Min(times, 30));
        return delay < options.MaxRestartDelay ? delay : options.MaxRestartDelay;
    }

    private void Forgive()
    {
        _exits.Clear();
        _restarts = 0;
        IsCrashLoop = false;
    }
}
