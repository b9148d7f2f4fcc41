namespace McpRegistry.Mcp;

internal sealed partial class SessionAdoption
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "A session on {Service} was taken over from replica {Replica}")]
    private static partial void LogAdopted(ILogger logger, string service, string replica);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A session could not be looked for: the store is away")]
    private static partial void LogAway(ILogger logger, Exception failure);
}
