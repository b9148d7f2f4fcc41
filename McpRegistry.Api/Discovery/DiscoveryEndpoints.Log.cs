namespace McpRegistry.Api.Discovery;

internal static partial class DiscoveryEndpoints
{
    [LoggerMessage(1, LogLevel.Error, "Reading the lists of {Service} again failed", EventName = "RefreshFailed")]
    private static partial void LogRefreshFailed(ILogger logger, Exception exception, string service);
}
