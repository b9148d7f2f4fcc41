using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

internal sealed partial class OrphanWatchdog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The watchdog could not be started; if this process is killed, its children may outlive it")]
    private partial void WatchdogMissing(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watchdog {End}; started again: {Again}")]
    private partial void WatchdogDied(string end, bool again);
}
