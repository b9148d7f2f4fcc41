using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

internal sealed partial class ChildSupervisor
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Service}/{Instance} is running as process {ProcessId} and speaks MCP {ProtocolVersion}")]
    private partial void ChildConnected(string service, string instance, int processId, string protocolVersion);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service}/{Instance} is gone: {Reason}; next try in {Pause}")]
    private partial void ChildEnded(string service, string instance, string reason, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Service}/{Instance} could not be started for an unexpected reason")]
    private partial void StartBroke(string service, string instance, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Service}/{Instance} could not be ended in order")]
    private partial void EndBroke(string service, string instance, Exception exception);
}
