using McpRegistry.Core.State;

namespace McpRegistry.Core.Health;

/// <summary>The health of a service, put together from its instances.</summary>
/// <param name="Verdict">Healthy when a healthy instance may get calls, unhealthy when all are unhealthy, otherwise unknown.</param>
/// <param name="LastCheck">The last probe of any instance. Null: there was none.</param>
/// <param name="ResponseTime">The average of the healthy instances' last probes. Null: there is none.</param>
/// <param name="Error">Why it is not healthy, or why its living instances will not have us, in words without anything an upstream sent. Null: all is well, or nothing is known.</param>
public sealed record ServiceHealth(HealthVerdict Verdict, DateTimeOffset? LastCheck, TimeSpan? ResponseTime, string? Error)
{
    /// <summary>Why it will not have us although it is there. Null: it will, or it is away.</summary>
    public string? Refusal => Verdict == HealthVerdict.Healthy ? Error : null;

    /// <summary>How a service is now.</summary>
    public static ServiceHealth Of(ServiceSnapshot service)
    {
        var instances = service.Instances.Select(one => (one.IsAvailable, one.Health.Status)).ToArray();
        var healthy = instances.Where(one => one.IsAvailable && one.Status.Verdict == HealthVerdict.Healthy).Select(one => one.Status).ToArray();
        var verdict = healthy.Length > 0 ? HealthVerdict.Healthy
            : instances.Length > 0 && instances.All(one => one.Status.Verdict == HealthVerdict.Unhealthy) ? HealthVerdict.Unhealthy
            : HealthVerdict.Unknown;
        var times = healthy.Where(one => one.ResponseTime is not null).Select(one => one.ResponseTime!.Value.TotalMilliseconds).ToArray();
        return new ServiceHealth(
            verdict,
            instances.Max(one => one.Status.LastCheck),
            times.Length > 0 ? TimeSpan.FromMilliseconds(times.Average()) : null,
            verdict == HealthVerdict.Healthy ? RefusalOf(healthy) : instances.Select(one => one.Status.Error).FirstOrDefault(error => error is not null));
    }

    // One instance that does not refuse us is enough for calls.
    private static string? RefusalOf(HealthStatus[] healthy) => Array.TrueForAll(healthy, one => one.Error is not null) ? healthy[0].Error : null;
}
