using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Calls;

/// <summary>
/// Ends an attempt: after a silence, at the call's own end, when the caller gives up, when the gateway stops, or (a safe call
/// only) when the instance turns out to hang. Progress starts the silence anew, never the end.
/// </summary>
internal sealed class AttemptDeadline : ISignsOfLife, IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationTokenRegistration _outage;
    private readonly CancellationTokenRegistration _drain;
    private readonly CancellationToken _callerToken;
    private readonly CancellationToken _drainToken;
    private readonly TimeProvider _time;
    private readonly TimeSpan _idle;
    private readonly TimeSpan _remaining;
    private readonly long _started;

    public AttemptDeadline(TimeProvider time, TimeSpan idle, TimeSpan remaining, CancellationToken outage, CancellationToken drain, CancellationToken callerToken)
    {
        _time = time;
        _idle = idle;
        _remaining = remaining;
        _started = time.GetTimestamp();
        _callerToken = callerToken;
        _drainToken = drain;
        _source = new CancellationTokenSource(idle, time);
        _caller = callerToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _outage = outage.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _drain = drain.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>True when time ran out or the instance was given up, and it was neither the caller's will nor the gateway's end.</summary>
    public bool HasExpired => _source.IsCancellationRequested && !_callerToken.IsCancellationRequested && !_drainToken.IsCancellationRequested;

    /// <summary>The listener of the call, made to start the silence anew.</summary>
    public IRequestListener Listen(IRequestListener listener) => new Touching(this, listener);

    public void Dispose()
    {
        _caller.Dispose();
        _outage.Dispose();
        _drain.Dispose();
        _source.Dispose();
    }

    /// <summary>The silence begins anew.</summary>
    public void Seen()
    {
        var left = _remaining - _time.GetElapsedTime(_started);
        if (left > TimeSpan.Zero) _source.CancelAfter(_idle < left ? _idle : left);
    }

    private sealed class Touching(AttemptDeadline deadline, IRequestListener inner) : IRequestListener
    {
        public ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message)
        {
            if (method == "notifications/progress") deadline.Seen();
            return inner.NotifiedAsync(method, message);
        }
    }
}
