using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class StdioOwnership
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after the owners of stdio services failed")]
    private partial void LogReconcileFailed(Exception exception);
}
