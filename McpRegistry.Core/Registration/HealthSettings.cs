namespace McpRegistry.Core.Registration;

/// <summary>How the health of a service's instances is watched.</summary>
public sealed record HealthSettings
{
    /// <summary>Time between two probes of a healthy instance. Default 30 s; an unhealthy one is probed sooner.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one probe may take. Default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failed probes in a row that make an instance unhealthy. Default 3 (HAProxy's <c>fall</c>).</summary>
    public int Fall { get; init; } = 3;

    /// <summary>Good probes in a row that make it healthy again. Default 2 (HAProxy's <c>rise</c>).</summary>
    public int Rise { get; init; } = 2;

    /// <summary><c>fastapi</c>: the path asked. Default <c>/health</c>.</summary>
    public string Path { get; init; } = "/health";
}
