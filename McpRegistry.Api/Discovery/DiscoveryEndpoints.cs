using McpRegistry.Api.Json;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Discovery;

internal static class DiscoveryEndpoints
{
    // A refresh is for everyone; one service that hangs must not hold the answer about the others back.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public static void MapDiscovery(this IEndpointRouteBuilder api) =>
        api.MapPost("/discovery/refresh", RefreshAsync).WithTags("Discovery").WithName("refresh_discovery").WithSummary("Read the lists of every service again")
            .WithDescription("Waits up to 10 s; services that are slower go on in the background.")
            .Produces<RefreshModel>();

    private static async Task<IResult> RefreshAsync(RegistryState state, ICatalogRefresher refresher, TimeProvider time, CancellationToken cancellationToken)
    {
        var names = state.Current.Services.Keys;
        var outcomes = await Task.WhenAll(names.Select(async name => (Name: name, Refreshed: await TryRefreshAsync(name))));
        return TypedResults.Json(
            new RefreshModel(
                [.. outcomes.Where(one => one.Refreshed).Select(one => one.Name).Order(StringComparer.Ordinal)],
                [.. outcomes.Where(one => !one.Refreshed).Select(one => one.Name).Order(StringComparer.Ordinal)],
                state.Current.Catalog.Tools.Length),
            RestJson.Default.RefreshModel);

        async Task<bool> TryRefreshAsync(string name)
        {
            try { return await refresher.RefreshAsync(name, CancellationToken.None).WaitAsync(LongestWait, time, cancellationToken); }
            catch (TimeoutException) { return false; }
        }
    }
}

/// <summary>What a refresh came to.</summary>
/// <param name="Refreshed">Services whose lists were read.</param>
/// <param name="NotRefreshed">Services that did not answer in time.</param>
/// <param name="ToolCount">Tools in the catalog now.</param>
internal sealed record RefreshModel(IReadOnlyList<string> Refreshed, IReadOnlyList<string> NotRefreshed, int ToolCount);
