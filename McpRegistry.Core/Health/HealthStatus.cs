namespace McpRegistry.Core.Health;

/// <summary>The verdict on an instance or a service.</summary>
public enum HealthVerdict
{
    /// <summary>Nothing is known yet.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Healthy,

    /// <summary>It does not.</summary>
    Unhealthy,
}

/// <summary>One immutable view of an instance's health.</summary>
public sealed record HealthStatus
{
    /// <summary>Nothing known.</summary>
    public static HealthStatus Unknown { get; } = new();

    /// <summary>The verdict of probes and calls together.</summary>
    public HealthVerdict Verdict { get; init; }

    /// <summary>When it was last probed. Null: never.</summary>
    public DateTimeOffset? LastCheck { get; init; }

    /// <summary>How long the last good probe took. Null: there was none.</summary>
    public TimeSpan? ResponseTime { get; init; }

    /// <summary>Why it is unhealthy, in words without anything the upstream sent. Null: it is not.</summary>
    public string? Error { get; init; }

    /// <summary>Until when passive health keeps it out. Null: it does not.</summary>
    public DateTimeOffset? EjectedUntil { get; init; }
}
