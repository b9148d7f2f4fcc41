using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

internal sealed partial class JunkTally
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} writes what is no JSON-RPC where only JSON-RPC belongs (stdout, for a program); it is passed over and counted. At level Debug the first of it is shown")]
    private partial void JunkBegins(string instance);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Instance} sent something that is no JSON-RPC: {Sample}")]
    private partial void JunkReceived(string instance, string sample);
}
