using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http;

internal sealed partial class StreamableHttpClient
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Connected {Instance} over HTTP, revision {Revision}")]
    private partial void Connected(string instance, string revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "Lost {Instance}: {Reason}")]
    private partial void Disconnected(string instance, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The session with {Instance} is unknown to it; opening another")]
    private partial void SessionLost(string instance);
}
