using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Storage.Redis;

internal sealed partial class RedisWatch
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis at {Where} does not answer; starting without it")]
    private partial void LogStartsWithout(string where);

    [LoggerMessage(Level = LogLevel.Error, Message = "Redis at {Where} must not be used: {Reason}")]
    private partial void LogRefused(string where, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of the watch over Redis failed")]
    private partial void LogRoundFailed(Exception failure);
}
