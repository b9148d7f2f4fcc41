using System.Diagnostics;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Health;

/// <summary>Runs single probes: bounded in number and time, traced where that is asked for, and whatever a probe does, a result comes out.</summary>
internal sealed partial class InstanceProber(IInstanceProbe probe, TimeProvider time, IOptions<HealthMonitorOptions> options, ILogger<InstanceProber> logger) : IDisposable
{
    // A place is for the begin of a probe. If hung probes kept theirs, a few dozen hung instances would delay all the others.
    private static readonly TimeSpan PlaceTime = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _places = new(options.Value.MaxConcurrentProbes);

    /// <exception cref="OperationCanceledException">Only by <paramref name="stopping"/>.</exception>
    public async Task<ProbeResult> ProbeAsync(InstanceState instance, ProbeDeadline deadline, CancellationToken stopping)
    {
        await _places.WaitAsync(stopping);
        using var activity = RegistryTelemetry.Probes.StartActivity("probe", ActivityKind.Client);
        activity?.SetTag(TelemetryTags.Service, instance.ServiceName).SetTag(TelemetryTags.Instance, instance.InstanceId);
        // That it does not answer is news only once: a copy that somebody stopped is no error every few seconds.
        var isKnownToBeAway = instance.Health.Status.Verdict == HealthVerdict.Unhealthy;
        var started = time.GetTimestamp();
        var result = await RunAsync(instance, deadline.Start(), stopping)
            ?? new ProbeResult(false, time.GetElapsedTime(started), ReasonOfSilence(instance)) { IsSilence = true };

        HealthMetrics.RecordProbe(instance, result);
        activity?.SetTag(TelemetryTags.Healthy, result.IsHealthy);
        if (!result.IsHealthy && !isKnownToBeAway) activity?.SetStatus(ActivityStatusCode.Error, result.Error);
        return result;
    }

    public void Dispose() => _places.Dispose();

    // That it took the connection and said nothing would tell of a port what nobody may find out so.
    private static string ReasonOfSilence(InstanceState instance) =>
        instance.Client is { Connection: null } and IKeepsDiscretion { UnconnectedReason: { } reason } ? reason : "It did not answer in time.";

    /// <returns>Null: the deadline passed.</returns>
    private async Task<ProbeResult?> RunAsync(InstanceState instance, CancellationToken deadline, CancellationToken stopping)
    {
        var running = Task.Run(() => probe.ProbeAsync(instance, deadline), CancellationToken.None);
        _ = GiveBackPlaceAsync(running);
        try
        {
            // The second token: a client that does not listen to the first must not hold us.
            return await running.WaitAsync(deadline);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            stopping.ThrowIfCancellationRequested();
            return null;
        }
        catch (Exception error)
        {
            LogProbeThrew(instance.ServiceName, instance.InstanceId, error);
            return new ProbeResult(false, TimeSpan.Zero, "The probe failed; the log has the reason.");
        }
    }

    private async Task GiveBackPlaceAsync(Task running)
    {
        await Task.WhenAny(running, Task.Delay(PlaceTime, time, CancellationToken.None));
        try { _places.Release(); }
        catch (ObjectDisposedException) { /* The host stopped before the hung probe gave its place back. */ }
    }
}
