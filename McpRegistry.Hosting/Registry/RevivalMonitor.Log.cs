using Microsoft.Extensions.Logging;

namespace McpRegistry.Hosting.Registry;

internal sealed partial class RevivalMonitor
{
    [LoggerMessage(LogLevel.Warning, "'{Resource}' ended by itself with exit code {ExitCode} and is started again.")]
    private static partial void LogRevived(ILogger logger, string resource, int? exitCode);

    [LoggerMessage(LogLevel.Warning, "'{Resource}' ended by itself and was not started again. {Reason}")]
    private partial void LogNotRevived(string resource, string? reason);
}
