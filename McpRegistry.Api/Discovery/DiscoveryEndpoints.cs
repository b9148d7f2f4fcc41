using McpRegistry.Api.Json;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Discovery;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Discovery;

internal static partial class DiscoveryEndpoints
{
    // A refresh is for everyone; one service that hangs must not hold the answer about the others back.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public static void MapDiscovery(this IEndpointRouteBuilder api) =>
        api.MapPost("/discovery/refresh", RefreshAsync).WithTags("Discovery").WithName("refresh_discovery").WithSummary("Read mcp-servers.json, the addresses of service discovery and the lists of every service again")
            .WithDescription("Waits up to 10 s; services that are slower go on in the background.")
            .Produces<RefreshModel>();

    private static async Task<IResult> RefreshAsync(
        RegistryState state, McpServersFileSource file, ServiceDiscoverySource discovery, ICatalogRefresher refresher, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var ofFile = await file.RefreshAsync(cancellationToken);
        var ofDiscovery = await discovery.RefreshAsync(cancellationToken);
        var outcomes = await Task.WhenAll(state.Current.Services.Keys.Order(StringComparer.Ordinal).Select(async name => (Name: name, Refreshed: await TryRefreshAsync(name))));
        return TypedResults.Json(
            new RefreshModel(
                [.. outcomes.Where(one => one.Refreshed).Select(one => one.Name)],
                [.. outcomes.Where(one => !one.Refreshed).Select(one => one.Name)],
                state.Current.Catalog.Tools.Length,
                [.. ofFile.Select(one => new FieldErrorBody(one.Field, one.Message))],
                [.. ofDiscovery.Select(one => new FieldErrorBody(one.Field, one.Message))]),
            RestJson.Default.RefreshModel);

        async Task<bool> TryRefreshAsync(string name)
        {
            try { return await refresher.RefreshAsync(name, CancellationToken.None).WaitAsync(LongestWait, time, cancellationToken); }
            catch (TimeoutException) { return false; }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // The others are no worse for it.
                LogRefreshFailed(loggers.CreateLogger(typeof(DiscoveryEndpoints)), failure, name);
                return false;
            }
        }
    }
}
