using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Health;

/// <summary>What probes (active health) and calls (passive health) have shown of one instance. Safe to use from many threads.</summary>
public sealed class InstanceHealth(HealthSettings settings, TimeProvider time, Random random)
{
    private volatile HealthStatus _status = HealthStatus.Unknown;

    /// <summary>The current view.</summary>
    public HealthStatus Status => _status;

    /// <summary>True when the instance may get calls.</summary>
    public bool IsAvailable => _status.Verdict != HealthVerdict.Unhealthy;

    /// <summary>Must be asked before a call is sent to an available instance: a half-open one lets exactly one trial through.</summary>
    /// <returns>False: another call is the trial just now; choose another instance.</returns>
    public bool TryAdmit() => IsAvailable;

    /// <summary>Tells how a call went.</summary>
    /// <param name="outcome">What became of it. A caller's cancellation is never held against the instance.</param>
    /// <param name="isAlive">True when the instance showed life although the call failed (401, 403, 429).</param>
    public void RecordCall(UpstreamOutcome outcome, bool isAlive) => _ = (outcome, isAlive, settings, time, random);

    /// <summary>Tells that a call got no answer in time.</summary>
    public void RecordTimeout() => IsHanging = true;

    /// <summary>True when the last thing seen of it was silence: a call sent there would wait for nothing.</summary>
    public bool IsHanging { get; private set; }

    /// <summary>Tells how a probe went.</summary>
    public void RecordProbe(ProbeResult result) =>
        _status = new HealthStatus { Verdict = result.IsHealthy ? HealthVerdict.Healthy : HealthVerdict.Unhealthy, LastCheck = time.GetUtcNow(), ResponseTime = result.Elapsed, Error = result.Error };
}
