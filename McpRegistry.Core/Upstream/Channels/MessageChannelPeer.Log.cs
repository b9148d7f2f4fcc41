using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

internal sealed partial class MessageChannelPeer
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The connection to {Instance} failed")]
    private partial void ConnectionFailed(string instance, Exception exception);
}
