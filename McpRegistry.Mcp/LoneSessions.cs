namespace McpRegistry.Mcp;

/// <summary>Sessions of a process that runs alone: what is not here is nowhere.</summary>
internal sealed class LoneSessions : ISessionSharing
{
    public Task WriteAsync(LegacySession session) => Task.CompletedTask;

    public Task ForgetAsync(LegacySession session) => Task.CompletedTask;

    public async Task<LegacySession?> ReachAsync(AwayRequest request)
    {
        await request.RefuseUnknownAsync();
        return null;
    }
}
