namespace McpRegistry.Mcp;

/// <summary>Sessions of several replicas: each is with one of them, and every one of them takes its requests.</summary>
internal sealed class SharedSessions(SessionRecords records, SessionRelay relay) : ISessionSharing
{
    public Task WriteAsync(LegacySession session) => records.WriteAsync(session);

    public Task ForgetAsync(LegacySession session) => records.ForgetAsync(session);

    public Task<LegacySession?> ReachAsync(AwayRequest request) => relay.ReachAsync(request);
}
