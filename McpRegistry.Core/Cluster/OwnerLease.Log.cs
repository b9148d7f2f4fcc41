using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class OwnerLease
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The lease of {Service} could not be looked at; whoever ran it goes on")]
    private static partial void LogAway(ILogger logger, string service, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The lease of {Service} could not be given back; it ends by itself")]
    private static partial void LogNotReleased(ILogger logger, string service, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A look at the lease of {Service} failed")]
    private static partial void LogBug(ILogger logger, string service, Exception bug);
}
