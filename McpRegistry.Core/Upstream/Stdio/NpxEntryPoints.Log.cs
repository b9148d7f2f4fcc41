using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Stdio;

internal sealed partial class NpxEntryPoints
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The entry point of {Package} is not known; npx starts it")]
    private partial void EntryPointUnknown(string package, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "npm is installing {Package}; its server is started once that is done")]
    private partial void InstallationTakesLong(string package);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An earlier installation of {Package} in the cache of npx was cut short; it is removed and done again")]
    private partial void HalfInstalled(string package);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An earlier installation of {Package} in the cache of npx was cut short and cannot be removed")]
    private partial void HalfNotRemoved(string package, Exception exception);
}
