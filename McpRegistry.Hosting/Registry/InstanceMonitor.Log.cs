using Microsoft.Extensions.Logging;

namespace McpRegistry.Hosting.Registry;

internal sealed partial class InstanceMonitor
{
    [LoggerMessage(LogLevel.Debug, "The registry was not asked to look at {Service}; it will by itself. {Reason}")]
    private partial void LogNotChecked(string service, string reason);
}
