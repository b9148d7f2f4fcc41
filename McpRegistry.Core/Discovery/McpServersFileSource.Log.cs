using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Discovery;

public sealed partial class McpServersFileSource
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{File}: {Count} services")]
    private partial void LogApplied(string file, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} is not there; no services from a file")]
    private partial void LogMissing(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is here, but nobody named it, and this folder is not the gateway's own: nothing of it is started. To use it, name it: --McpRegistry:Discovery:File=mcp-servers.json")]
    private partial void LogUnasked(string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "{File}: {Entry} is switched off and not started")]
    private partial void LogOff(string file, string entry);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File}: {Field}: {Problem}")]
    private partial void LogProblem(string file, string field, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}: {Field}: {Problem}")]
    private partial void LogWarning(string file, string field, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service} waits for approval. {Reason}")]
    private partial void LogHeld(string service, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service}: approved: {Command}")]
    private partial void LogApproved(string service, string command);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} could not be applied")]
    private partial void LogApplyFailed(Exception failure, string file);
}
