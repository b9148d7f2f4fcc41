namespace McpRegistry.Mcp;

internal sealed partial class LogLevelForwarder
{
    [LoggerMessage(LogLevel.Debug, "{Service}: {Instance} did not take a log level.")]
    private static partial void LogNotTold(ILogger logger, string service, string instance);

    [LoggerMessage(LogLevel.Error, "Telling log levels failed.")]
    private static partial void LogBug(ILogger logger, Exception exception);
}
