using Microsoft.Extensions.Logging;

namespace McpRegistry.Hosting.Registry;

internal sealed partial class RegistryWatch
{
    [LoggerMessage(LogLevel.Debug, "The stream of changes from '{Resource}' ended; it is opened again. {Reason}")]
    private partial void LogLost(string resource, string reason);
}
