using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http;

internal sealed partial class NotificationStream
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Listening to the notifications of {Address} ended by a defect; changes are noticed by polling only")]
    private partial void ListeningFailed(string address, Exception failure);
}
