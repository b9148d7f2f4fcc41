using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Calls;

internal sealed partial class CallDispatcher
{
    [LoggerMessage(1, LogLevel.Warning, "{Service}: {Method} failed with {Code} after {Attempts} attempt(s), maybe executed: {MaybeExecuted} ({Detail})", EventName = "CallFailed")]
    private static partial void LogCallFailed(ILogger logger, string service, string method, ErrorCode code, int attempts, bool maybeExecuted, string detail);

    [LoggerMessage(2, LogLevel.Error, "{Service}/{Instance}: a fault of the gateway itself ended {Method}, maybe executed: {MaybeExecuted}", EventName = "ClientThrew")]
    private static partial void LogClientThrew(ILogger logger, Exception exception, string service, string instance, string method, bool maybeExecuted);
}
