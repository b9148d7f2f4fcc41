using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class SharedHealthWriter
{
    [LoggerMessage(LogLevel.Warning, "Verdicts on {Count} instances could not be written, {Reason}; they are written with the next ones")]
    private partial void LogWriteFailed(int count, string reason);

    [LoggerMessage(LogLevel.Warning, "A write of verdicts was refused: token {Token} is not the newest, another worker leads")]
    private partial void LogRefused(long token);
}
