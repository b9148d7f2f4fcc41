using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

internal sealed partial class JunkTally
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Instance} sent something that is no JSON-RPC: {Sample}")]
    private partial void JunkReceived(string instance, string sample);
}
