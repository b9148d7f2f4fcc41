namespace McpRegistry.Core.Health;

/// <summary>What another process that watches the same instance found.</summary>
/// <param name="Verdict">Its verdict; never <see cref="HealthVerdict.Unknown"/>.</param>
/// <param name="Probe">Its last probe.</param>
/// <param name="Age">How old that is, by one clock: no time of another machine is compared with ours.</param>
internal readonly record struct HealthAdvice(HealthVerdict Verdict, ProbeResult Probe, TimeSpan Age);
