namespace McpRegistry.Core.Health;

/// <summary>
/// The verdict of the probes alone: <paramref name="fall"/> bad ones in a row make it unhealthy, <paramref name="rise"/> good ones
/// healthy. Another's verdict counts as enough of them, but what own probes found bad only own probes find good again.
/// </summary>
internal sealed class ProbeHysteresis(int fall, int rise)
{
    private int _inARow;
    private bool _wasGood;
    private bool _isAdvised;

    public HealthVerdict Verdict { get; private set; }

    /// <summary>True while own probes are at odds with a good verdict: the last one was bad, or too few good ones followed.</summary>
    public bool IsOwnTrouble => _inARow > 0 && !_isAdvised && (!_wasGood || Verdict == HealthVerdict.Unhealthy);

    public void Record(bool isGood)
    {
        _inARow = isGood == _wasGood ? _inARow + 1 : 1;
        _wasGood = isGood;
        if (!isGood) _isAdvised = false;
        if (isGood && (Verdict == HealthVerdict.Unknown || _inARow >= rise)) Verdict = HealthVerdict.Healthy;
        if (!isGood && _inARow >= fall) Verdict = HealthVerdict.Unhealthy;
    }

    /// <summary>Takes over the verdict of another who probes.</summary>
    public void Advise(bool isGood)
    {
        var isTrouble = IsOwnTrouble;
        if (isGood && isTrouble) return;
        Verdict = isGood ? HealthVerdict.Healthy : HealthVerdict.Unhealthy;
        if (!isTrouble) (_wasGood, _inARow, _isAdvised) = (isGood, 0, true);
    }

    /// <summary>A handshake is an answer to more than a probe asks.</summary>
    public void RecordHandshake() => (Verdict, _wasGood, _inARow, _isAdvised) = (HealthVerdict.Healthy, true, 1, false);
}
