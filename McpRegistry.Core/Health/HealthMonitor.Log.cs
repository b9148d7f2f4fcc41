using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Health;

internal sealed partial class HealthMonitor
{
    [LoggerMessage(LogLevel.Error, "The instances of {Service} to watch could not be brought up to date; its next change tries again")]
    private partial void LogReconcileFailed(string service, Exception error);
}
