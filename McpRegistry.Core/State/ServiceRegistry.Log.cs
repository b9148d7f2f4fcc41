using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.State;

internal sealed partial class ServiceRegistry
{
    [LoggerMessage(1, LogLevel.Error, "The registry's store failed; the change is not acknowledged", EventName = "StoreFailed")]
    private static partial void LogStoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Service} was changed by other processes each time this one was about to; nothing was stored", EventName = "Contended")]
    private static partial void LogContended(ILogger logger, string service);

    [LoggerMessage(4, LogLevel.Error, "The stored registration of {Service} cannot be used; the service is left out", EventName = "StoredServiceUnusable")]
    private static partial void LogUnusable(ILogger logger, Exception exception, string service);

    [LoggerMessage(3, LogLevel.Warning, "Drained instances that {Service} had stay noted in the store, which failed: {Reason}", EventName = "MarkLeft")]
    private static partial void LogMarkLeft(ILogger logger, string service, string reason);

    [LoggerMessage(5, LogLevel.Warning, "{Service} (origin: {Origin}) takes its name from one of the origin {Hidden}, which is kept, hidden and not served", EventName = "ServiceHidden")]
    private static partial void LogHides(ILogger logger, string service, string origin, string hidden);
}
