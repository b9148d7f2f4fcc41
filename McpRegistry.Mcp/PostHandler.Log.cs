namespace McpRegistry.Mcp;

internal sealed partial class PostHandler
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A message could not be handled")]
    private static partial void LogBug(ILogger logger, Exception exception);
}
