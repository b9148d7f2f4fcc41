using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http.LegacySse;

internal sealed partial class LegacySseClient
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Connected {Service}/{Instance} over HTTP+SSE, revision {Revision}")]
    private partial void Connected(string service, string instance, string revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "Lost {Service}/{Instance}: {Reason}")]
    private partial void Disconnected(string service, string instance, string reason);
}
