using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

internal sealed partial class NpxEntryPoints
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The entry point of {Package} is not known; npx starts it")]
    private partial void EntryPointUnknown(string package, Exception exception);
}
