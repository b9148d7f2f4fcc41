namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>When a child that ended is started again.</summary>
internal sealed class RestartPolicy(StdioOptions options, TimeProvider time, Random random)
{
    private const double Jitter = 0.2;
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);

    // A program that did not come as far as its handshake will hardly do so a second later.
    private static readonly TimeSpan LeastAfterFailure = TimeSpan.FromSeconds(5);

    private readonly Queue<long> _exits = new();
    private int _restarts;

    /// <summary>True from too many exits in a short time until a child lives long enough to be forgiven.</summary>
    public bool IsCrashLoop { get; private set; }

    /// <summary>A child ended after it had lived this long; tells how long to wait before the next.</summary>
    public TimeSpan Exited(TimeSpan lived)
    {
        if (lived >= options.ForgivenAfter) Forgive();
        var now = time.GetTimestamp();
        _exits.Enqueue(now);
        while (time.GetElapsedTime(_exits.Peek(), now) >= options.CrashLoopWindow) _exits.Dequeue();
        IsCrashLoop |= _exits.Count >= options.CrashLoopExits;
        if (IsCrashLoop) return options.CrashLoopWindow;

        var restart = _restarts++;
        if (restart == 0 && lived >= options.SteadyAfter) return AtOnce;
        var delay = options.RestartDelay * Math.Pow(2, Math.Min(restart, 30));
        if (delay > options.MaxRestartDelay) delay = options.MaxRestartDelay;
        return delay * (1 + (Jitter * ((2 * random.NextDouble()) - 1)));
    }

    /// <summary>The pause after a child ended, which a call may shorten.</summary>
    /// <param name="lived">How long it had lived.</param>
    /// <param name="wasConnected">Whether it had come as far as its handshake.</param>
    public RestartPause PauseAfter(TimeSpan lived, bool wasConnected) =>
        new(Exited(lived), wasConnected ? options.RestartDelay : LeastAfterFailure, time);

    private void Forgive()
    {
        _exits.Clear();
        _restarts = 0;
        IsCrashLoop = false;
    }
}
