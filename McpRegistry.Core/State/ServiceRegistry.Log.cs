using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.State;

internal sealed partial class ServiceRegistry
{
    [LoggerMessage(1, LogLevel.Error, "The registry's store failed; nothing was stored", EventName = "StoreFailed")]
    private static partial void LogStoreFailed(ILogger logger, Exception exception);
}
