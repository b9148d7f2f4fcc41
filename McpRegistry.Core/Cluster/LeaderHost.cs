using Microsoft.Extensions.Hosting;

namespace McpRegistry.Core.Cluster;

/// <summary>Wants to lead as long as the process runs. One worker of several does, the others wait.</summary>
internal sealed class LeaderHost(LeaseHolder lease, LeaderDuties duties, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Our turn to stop may come after a server's that waits for its last requests; the next leader should not wait for them.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await lease.RunWhileHeldAsync(duties.RunAsync, stop.Token);
        await duties.Farewells;
    }
}
