namespace McpRegistry.Core.State;

/// <summary>How a service stands.</summary>
public enum ServiceCondition
{
    /// <summary>Its first connection is being made.</summary>
    Starting,

    /// <summary>At least one instance may get calls, and everything it offers is listed.</summary>
    Ready,

    /// <summary>At least one instance may get calls, or its first connection is being made; but something of what it offers is missing or of an earlier time; the reason says what.</summary>
    Degraded,

    /// <summary>No instance may get calls now; its tools stay listed if they were known.</summary>
    Unavailable,

    /// <summary>Nothing of it is started before the operator has approved its command; the reason says how.</summary>
    AwaitingApproval,

    /// <summary>This process neither starts nor calls it, whatever its instances would say; the reason says why.</summary>
    NotAllowed,
}
