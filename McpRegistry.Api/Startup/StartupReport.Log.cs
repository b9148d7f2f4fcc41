namespace McpRegistry.Api.Startup;

internal sealed partial class StartupReport
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} is {State}: {Detail}")]
    private partial void LogState(string service, string state, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} is gone.")]
    private partial void LogRemoved(string service);
}
