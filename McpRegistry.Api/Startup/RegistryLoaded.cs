using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.Api.Startup;

/// <summary>
/// Ready from when the file and the store were read the first time: hosted services do that before the host counts as
/// started. Not ready again once it stops, so that a balancer sends no more.
/// </summary>
internal sealed class RegistryLoaded(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy());
}
