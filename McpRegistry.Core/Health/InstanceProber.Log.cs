using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Health;

internal sealed partial class InstanceProber
{
    [LoggerMessage(LogLevel.Warning, "The probe of {Service}/{Instance} threw")]
    private partial void LogProbeThrew(string service, string instance, Exception error);
}
