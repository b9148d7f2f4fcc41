using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Storage.Redis;

internal sealed partial class RedisConnection
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers")]
    private partial void LogUp();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is away: {Reason}")]
    private partial void LogAway(string reason);
}
