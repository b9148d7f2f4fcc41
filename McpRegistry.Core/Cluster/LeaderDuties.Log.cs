using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class LeaderDuties
{
    [LoggerMessage(LogLevel.Information, "Leads: watches all instances, token {Token}")]
    private partial void LogLeads(long token);

    [LoggerMessage(LogLevel.Information, "Leads no more, token {Token}")]
    private partial void LogFollows(long token);

    [LoggerMessage(LogLevel.Error, "Connections of the last term did not end cleanly")]
    private partial void LogFarewellFailed(Exception error);
}
