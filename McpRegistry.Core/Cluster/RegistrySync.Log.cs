using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class RegistrySync
{
    [LoggerMessage(1, LogLevel.Warning, "The shared store cannot be read, {Reason} Calls go on with what is known; registrations cannot be changed", EventName = "StoreAway")]
    private partial void LogAway(string reason);

    [LoggerMessage(2, LogLevel.Information, "The shared store was read: in step with generation {Generation}, version {Version}", EventName = "StoreBack")]
    private partial void LogBack(long generation, long version);

    [LoggerMessage(3, LogLevel.Warning, "The shared store is away; {Registrations} registrations are served as they were {Age} s ago", EventName = "StoreRemembered")]
    private partial void LogRemembered(int registrations, long age);

    [LoggerMessage(4, LogLevel.Error, "Following the shared store failed; it goes on", EventName = "SyncFault")]
    private partial void LogFault(Exception exception);
}
