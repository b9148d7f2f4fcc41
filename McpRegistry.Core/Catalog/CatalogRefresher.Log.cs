using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Catalog;

internal sealed partial class CatalogRefresher
{
    [LoggerMessage(1, LogLevel.Error, "Reading the {List} of {Service} failed", EventName = "RefreshFailed")]
    private partial void LogRefreshFailed(Exception exception, string service, string list);

    [LoggerMessage(2, LogLevel.Information, "{Service} offers {Tools} tools, {Prompts} prompts, {Resources} resources", EventName = "CatalogChanged")]
    private partial void LogCatalogChanged(string service, int tools, int prompts, int resources);

    [LoggerMessage(3, LogLevel.Warning, "{Service}: its {List} are incomplete ({Count}): {Problems}", EventName = "CatalogIncomplete")]
    private partial void LogIncomplete(string service, string list, int count, string problems);

    [LoggerMessage(4, LogLevel.Information, "{Service}: of its {List} {Count} are listed otherwise than published: {Problems}", EventName = "CatalogMended")]
    private partial void LogMended(string service, string list, int count, string problems);

    [LoggerMessage(5, LogLevel.Information, "{Service}: nothing of its {List} is missing any more", EventName = "CatalogWhole")]
    private partial void LogWhole(string service, string list);
}
