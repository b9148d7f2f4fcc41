using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http.LegacySse;

internal sealed partial class LegacySsePosts
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Posting a message to {Instance} failed by a defect")]
    private static partial void PostFailed(ILogger logger, string instance, Exception defect);
}
