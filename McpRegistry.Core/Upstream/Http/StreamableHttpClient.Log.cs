using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http;

internal sealed partial class StreamableHttpClient
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Connected {Service}/{Instance} over HTTP, revision {Revision}")]
    private partial void Connected(string service, string instance, string revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "Lost {Service}/{Instance}: {Reason}")]
    private partial void Disconnected(string service, string instance, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The session with {Service}/{Instance} is unknown to it; opening another")]
    private partial void SessionLost(string service, string instance);
}
