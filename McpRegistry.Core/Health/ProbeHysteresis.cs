namespace McpRegistry.Core.Health;

/// <summary>The verdict of the probes alone: <paramref name="fall"/> bad ones in a row make it unhealthy, <paramref name="rise"/> good ones healthy.</summary>
internal sealed class ProbeHysteresis(int fall, int rise)
{
    private int _inARow;
    private bool _wasGood;

    public HealthVerdict Verdict { get; private set; }

    public void Record(bool isGood)
    {
        _inARow = isGood == _wasGood ? _inARow + 1 : 1;
        _wasGood = isGood;
        if (isGood && (Verdict == HealthVerdict.Unknown || _inARow >= rise)) Verdict = HealthVerdict.Healthy;
        if (!isGood && _inARow >= fall) Verdict = HealthVerdict.Unhealthy;
    }

    /// <summary>A handshake is an answer to more than a probe asks.</summary>
    public void RecordHandshake() => (Verdict, _wasGood, _inARow) = (HealthVerdict.Healthy, true, 1);
}
