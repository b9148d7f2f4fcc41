using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class SharedCatalogWriter
{
    [LoggerMessage(LogLevel.Warning, "Hashes of lists could not be written, {Reason}; it is tried again")]
    private partial void LogWriteFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "A write of hashes was refused: token {Token} is not the newest, another worker leads")]
    private partial void LogRefused(long token);
}
