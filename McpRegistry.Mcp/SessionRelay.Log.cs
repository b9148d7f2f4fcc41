namespace McpRegistry.Mcp;

internal sealed partial class SessionRelay
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Replica {Replica} gave no answer to a request that was passed on to it")]
    private static partial void LogLost(ILogger logger, string replica);
}
