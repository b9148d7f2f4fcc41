using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Health;

internal sealed partial class HealthMonitor
{
    [LoggerMessage(LogLevel.Error, "The instances to watch could not be brought up to date; the next change tries again")]
    private partial void LogReconcileFailed(Exception error);
}
