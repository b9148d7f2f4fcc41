namespace McpRegistry.Core.State;

/// <summary>How a service stands.</summary>
public enum ServiceCondition
{
    /// <summary>Its first connection is being made.</summary>
    Starting,

    /// <summary>At least one instance may get calls.</summary>
    Ready,

    /// <summary>No instance may get calls now; its tools stay listed if they were known.</summary>
    Unavailable,
}
