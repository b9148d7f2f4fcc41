namespace McpRegistry.Core.Health;

/// <summary>What became of an instance, told when it happens.</summary>
public enum HealthChange
{
    /// <summary>A handshake was finished; it may get calls as before.</summary>
    Connected,

    /// <summary>It was out and may get calls again.</summary>
    Recovered,

    /// <summary>Probes found it dead.</summary>
    Unhealthy,

    /// <summary>Calls in a row failed, or the trial after an earlier ejection did.</summary>
    Ejected,

    /// <summary>It came and went too often and stays out for a while, whatever it does.</summary>
    HeldDown,

    /// <summary>Its connection is gone.</summary>
    Disconnected,
}
