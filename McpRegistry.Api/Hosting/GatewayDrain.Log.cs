namespace McpRegistry.Api.Hosting;

internal sealed partial class GatewayDrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: not ready any more, requests are taken for another {Seconds} s.")]
    private partial void LogDraining(double seconds);
}
