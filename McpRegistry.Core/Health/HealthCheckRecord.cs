namespace McpRegistry.Core.Health;

/// <summary>One past probe.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Result">How it went.</param>
public readonly record struct HealthCheckRecord(DateTimeOffset At, ProbeResult Result);
