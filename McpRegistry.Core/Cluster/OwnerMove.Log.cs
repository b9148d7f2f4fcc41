using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class OwnerMove
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} runs on this replica now")]
    private static partial void LogHere(ILogger logger, string service);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} runs on replica {Replica} now")]
    private static partial void LogElsewhere(ILogger logger, string service, string replica);

    [LoggerMessage(Level = LogLevel.Information, Message = "No replica is known to run {Service}")]
    private static partial void LogNobody(ILogger logger, string service);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Service} could not be moved")]
    private static partial void LogBug(ILogger logger, string service, Exception bug);
}
