using System.ComponentModel;

using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Health;

/// <summary>The health of a service, and of each of its instances.</summary>
internal sealed record ServiceHealthModel
{
    public required string Service { get; init; }

    [Description("healthy (some instance gets calls), unhealthy (all are) or unknown.")]
    public required string Status { get; init; }

    public DateTimeOffset? LastCheck { get; init; }

    [Description("The average of the healthy instances.")]
    public double? ResponseTimeMs { get; init; }

    public string? Error { get; init; }

    public required IReadOnlyList<InstanceHealthModel> Instances { get; init; }

    public static ServiceHealthModel Of(ServiceSnapshot service)
    {
        var health = ServiceHealth.Of(service);
        return new ServiceHealthModel
        {
            Service = service.Name,
            Status = WireNameOf(health.Verdict),
            LastCheck = health.LastCheck,
            ResponseTimeMs = health.ResponseTime?.TotalMilliseconds,
            Error = health.Verdict == HealthVerdict.Healthy ? null : service.Reason ?? health.Error,
            Instances = [.. service.Instances.Select(InstanceHealthModel.Of)],
        };
    }

    public static string WireNameOf(HealthVerdict verdict) => verdict switch
    {
        HealthVerdict.Healthy => "healthy",
        HealthVerdict.Unhealthy => "unhealthy",
        _ => "unknown",
    };
}

/// <summary>The health of one instance.</summary>
internal sealed record InstanceHealthModel
{
    public required string InstanceId { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset? LastCheck { get; init; }

    public double? ResponseTimeMs { get; init; }

    public string? Error { get; init; }

    [Description("Until when failed calls keep it out.")]
    public DateTimeOffset? EjectedUntil { get; init; }

    [Description("Whether it may get a call now.")]
    public required bool Available { get; init; }

    [Description("Its last probes, the newest first.")]
    public required IReadOnlyList<HealthCheckModel> History { get; init; }

    public static InstanceHealthModel Of(InstanceState instance)
    {
        var status = instance.Health.Status;
        return new InstanceHealthModel
        {
            InstanceId = instance.InstanceId,
            Status = ServiceHealthModel.WireNameOf(status.Verdict),
            LastCheck = status.LastCheck,
            ResponseTimeMs = status.ResponseTime?.TotalMilliseconds,
            Error = status.Error,
            EjectedUntil = status.EjectedUntil,
            Available = instance.IsAvailable,
            History = [.. instance.Health.RecentChecks.Select(HealthCheckModel.Of)],
        };
    }
}

/// <summary>One past probe of an instance.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Healthy">Whether the instance answered.</param>
/// <param name="ResponseTimeMs">How long it took.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record HealthCheckModel(DateTimeOffset At, bool Healthy, double ResponseTimeMs, string? Error)
{
    public static HealthCheckModel Of(HealthCheckRecord check) =>
        new(check.At, check.Result.IsHealthy, check.Result.Elapsed.TotalMilliseconds, check.Result.Error);
}
