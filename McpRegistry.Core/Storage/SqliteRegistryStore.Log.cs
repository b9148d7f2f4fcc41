using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Storage;

internal sealed partial class SqliteRegistryStore
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The registration of {Service} in {Path} cannot be read, {Reason}; the service is left out")]
    private partial void LogUnreadable(string service, string path, string reason);
}
