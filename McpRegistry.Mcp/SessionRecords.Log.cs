namespace McpRegistry.Mcp;

internal sealed partial class SessionRecords
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Sessions could not be written down; it is tried again")]
    private static partial void LogNotWritten(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing the sessions down failed")]
    private static partial void LogBug(ILogger logger, Exception exception);
}
