using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Health;

internal sealed partial class HealthAnnouncer
{
    [LoggerMessage(LogLevel.Information, "{Service}/{Instance}: {Change}")]
    private partial void LogChange(string service, string instance, HealthChange change);

    [LoggerMessage(LogLevel.Information, "{Service}/{Instance}: {Change} ({Error})")]
    private partial void LogChangeFor(string service, string instance, HealthChange change, string error);

    [LoggerMessage(LogLevel.Error, "A health round of {Service}/{Instance} failed; the next one follows")]
    private partial void LogRoundFailed(string service, string instance, Exception error);
}
