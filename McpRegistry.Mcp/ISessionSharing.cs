namespace McpRegistry.Mcp;

/// <summary>What becomes of legacy sessions beyond this process.</summary>
internal interface ISessionSharing
{
    /// <summary>Lets others know a session that was opened or changed here. Never fails: at worst they learn of it later.</summary>
    Task WriteAsync(LegacySession session);

    /// <summary>Lets others know that a client ended its session. Never fails.</summary>
    Task ForgetAsync(LegacySession session);

    /// <summary>Handles a request whose session is not here.</summary>
    /// <returns>The session, which is here now. Null: the request is answered.</returns>
    Task<LegacySession?> ReachAsync(AwayRequest request);
}
