using McpRegistry.Core.Calls;

namespace McpRegistry.Mcp;

internal sealed partial class LogLevelForwarder
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Service} was not told the log level: {Code}")]
    private static partial void LogNotTold(ILogger logger, string service, ErrorCode code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Telling {Service} the log level failed")]
    private static partial void LogBug(ILogger logger, Exception exception, string service);
}
