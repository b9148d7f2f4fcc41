namespace McpRegistry.Core.Registration;

/// <summary>How long a call and its parts may take.</summary>
public sealed record TimeoutSettings
{
    /// <summary>Making a connection. Default 2 s.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Start and handshake of an instance; what <c>npx</c> downloads before its program is started directly does not count. Default 60 s.</summary>
    public TimeSpan Startup { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Silence of a call; each progress notification starts it anew. Default 60 s.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The whole call with all its attempts, whatever the progress. Default 300 s.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(300);
}
