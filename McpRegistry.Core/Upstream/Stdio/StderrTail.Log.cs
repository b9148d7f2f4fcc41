using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

internal sealed partial class StderrTail
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Instance} stderr: {Line}")]
    private partial void StderrLine(string instance, string line);
}
