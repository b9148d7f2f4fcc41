namespace McpRegistry.Mcp;

internal sealed partial class LegacySessions
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "A client opened a session on {Service} with MCP {Version}")]
    private static partial void LogOpened(ILogger logger, string service, string version);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A session on {Service} ended")]
    private static partial void LogClosed(ILogger logger, string service);
}
