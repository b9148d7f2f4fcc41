using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.StdioBridge;

/// <summary>Ready while the server is connected. Not ready again once the bridge stops, so that a balancer sends no more.</summary>
internal sealed class ChildIsUp(BridgedChild child, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(child.IsUp && !lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
