using McpRegistry.Core.Health;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>What the worker that leads does: watches all instances and writes what it finds.</summary>
internal sealed partial class LeaderDuties(
    HealthMonitor monitor, SharedHealthWriter verdicts, SharedCatalogWriter catalogs, LeaderConnections connections, ILogger<LeaderDuties> logger)
{
    private Task _farewells = Task.CompletedTask;

    /// <summary>Ends when the connections of the last term are closed.</summary>
    public Task Farewells => _farewells;

    /// <summary>Does all of it for one term, until its end or until a write is refused because another worker leads.</summary>
    public async Task RunAsync(long token, CancellationToken term)
    {
        await _farewells;
        LogLeads(token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(term);
        Task[] parts = [monitor.RunAsync(end.Token), verdicts.RunAsync(token, end.Token), catalogs.RunAsync(token, end.Token)];
        try
        {
            await Task.WhenAny(parts);
            await end.CancelAsync();
            await Task.WhenAll(parts);
        }
        finally
        {
            // Not waited for: a server that is slow to say farewell must not delay the next leader.
            _farewells = EndConnectionsAsync();
            LogFollows(token);
        }
    }

    private async Task EndConnectionsAsync()
    {
        try { await connections.EndAsync(); }
        catch (Exception error) { LogFarewellFailed(error); }
    }
}
