using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Discovery;

public sealed partial class ServiceDiscoverySource
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Service discovery: {Count} services")]
    private partial void LogApplied(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Service discovery: {Field}: {Problem}")]
    private partial void LogProblem(string field, string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Service discovery: {Name}")]
    private partial void LogNotFound(string name, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "What service discovery knows could not be applied; it is tried again")]
    private partial void LogApplyFailed(Exception failure);
}
