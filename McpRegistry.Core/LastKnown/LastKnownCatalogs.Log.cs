using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.LastKnown;

internal sealed partial class LastKnownCatalogs
{
    [LoggerMessage(1, LogLevel.Warning, "{Path} is begun anew: it is damaged. Until the services were read, their lists are empty", EventName = "LastKnownDamaged")]
    private partial void LogDamaged(string path);

    [LoggerMessage(2, LogLevel.Warning, "What was last known of {Service} is ignored: it is damaged", EventName = "LastKnownRowDamaged")]
    private partial void LogRowDamaged(string service);

    [LoggerMessage(3, LogLevel.Warning, "The lists of services cannot be remembered for the next start: {Reason}", EventName = "LastKnownUnusable")]
    private partial void LogUnusable(string reason);
}
