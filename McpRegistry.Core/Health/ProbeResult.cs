namespace McpRegistry.Core.Health;

/// <summary>How one probe went.</summary>
/// <param name="IsHealthy">True when the instance answered, be it with 401, 403 or 429.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Error">Why it failed, or why a living instance will not have us, in words without anything the upstream sent. Null: all is well.</param>
public readonly record struct ProbeResult(bool IsHealthy, TimeSpan Elapsed, string? Error = null)
{
    /// <summary>True when it failed by silence: the instance took the question and did not answer in time.</summary>
    public bool IsSilence { get; init; }

    /// <summary>True when it was the handshake: its time has the start of the instance in it and says nothing of how soon it answers.</summary>
    public bool IsHandshake { get; init; }
}
