using Microsoft.Extensions.Hosting;

namespace McpRegistry.Core.Health;

/// <summary>Runs the monitor as long as the process: in a gateway, which watches for itself.</summary>
internal sealed class HealthMonitorHost(HealthMonitor monitor) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => monitor.RunAsync(stoppingToken);
}
