using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class ReplicaDirectory
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Other replicas reach this one, {Replica}, at {Address}")]
    private partial void LogAddress(string replica, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other replicas cannot reach this one: set {Setting} to its address")]
    private partial void LogNoAddress(string setting);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store is away, {Reason}; the other replicas are where they were last known to be")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after the other replicas failed")]
    private partial void LogBug(Exception exception);
}
