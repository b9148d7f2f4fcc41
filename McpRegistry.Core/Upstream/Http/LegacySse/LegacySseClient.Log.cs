using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http.LegacySse;

internal sealed partial class LegacySseClient
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Connected {Instance} over HTTP+SSE, revision {Revision}")]
    private partial void Connected(string instance, string revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "Lost {Instance}: {Reason}")]
    private partial void Disconnected(string instance, string reason);
}
