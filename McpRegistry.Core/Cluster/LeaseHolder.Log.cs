using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class LeaseHolder
{
    [LoggerMessage(LogLevel.Information, "Holds the lease {Lease}, token {Token}")]
    private partial void LogTaken(string lease, long token);

    [LoggerMessage(LogLevel.Information, "Holds the lease {Lease} no more, token {Token}")]
    private partial void LogEnded(string lease, long token);

    [LoggerMessage(LogLevel.Warning, "The lease {Lease} could not be looked at; it is tried again for ever")]
    private partial void LogLookFailed(string lease, Exception? error);

    [LoggerMessage(LogLevel.Warning, "The lease {Lease}, token {Token}, could not be renewed; it is tried again until its time is over")]
    private partial void LogRenewalFailed(string lease, long token, Exception? error);

    [LoggerMessage(LogLevel.Warning, "The lease {Lease}, token {Token}, was lost to another process")]
    private partial void LogLost(string lease, long token);

    [LoggerMessage(LogLevel.Debug, "The lease {Lease}, token {Token}, could not be given back; it ends by itself")]
    private partial void LogReleaseFailed(string lease, long token, Exception error);

    [LoggerMessage(LogLevel.Error, "What is done under the lease {Lease}, token {Token}, failed; the lease goes back")]
    private partial void LogWorkFailed(string lease, long token, Exception error);
}
