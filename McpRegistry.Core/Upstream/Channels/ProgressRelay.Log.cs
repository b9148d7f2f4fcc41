using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

internal sealed partial class ProgressRelay
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The listener of a request did not take {Method}")]
    private partial void ListenerFailed(string method, Exception exception);
}
