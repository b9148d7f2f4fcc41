using System.ComponentModel;

using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Health;

/// <summary>The health of a service: the source design's HealthStatus, and the same for each instance.</summary>
internal sealed record ServiceHealthModel
{
    public required string Service { get; init; }

    [Description("healthy (some instance gets calls), unhealthy or unknown.")]
    public required string Status { get; init; }

    public DateTimeOffset? LastCheck { get; init; }

    [Description("Of the fastest healthy instance.")]
    public double? ResponseTimeMs { get; init; }

    public string? Error { get; init; }

    public required IReadOnlyList<InstanceHealthModel> Instances { get; init; }

    public static ServiceHealthModel Of(ServiceSnapshot service)
    {
        var statuses = service.Instances.Select(one => one.Health.Status).ToArray();
        var verdict = service.Condition switch
        {
            ServiceCondition.Ready => HealthVerdict.Healthy,
            ServiceCondition.Unavailable => HealthVerdict.Unhealthy,
            _ => HealthVerdict.Unknown,
        };
        return new ServiceHealthModel
        {
            Service = service.Name,
            Status = WireNameOf(verdict),
            LastCheck = statuses.Max(one => one.LastCheck),
            ResponseTimeMs = statuses.Where(one => one.Verdict == HealthVerdict.Healthy).Min(one => one.ResponseTime)?.TotalMilliseconds,
            Error = verdict == HealthVerdict.Healthy ? null : service.Reason ?? statuses.Select(one => one.Error).FirstOrDefault(error => error is not null),
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

    [Description("Its last changes, the newest first.")]
    public required IReadOnlyList<HealthEventModel> History { get; init; }

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
            History = [],
        };
    }
}

/// <summary>One change of an instance's health.</summary>
internal sealed record HealthEventModel(DateTimeOffset At, string Status, double? ResponseTimeMs, string? Error);
