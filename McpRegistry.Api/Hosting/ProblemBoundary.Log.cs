namespace McpRegistry.Api.Hosting;

internal sealed partial class ProblemBoundary
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly.")]
    private partial void LogUnexpected(Exception exception, string method, string path);
}
