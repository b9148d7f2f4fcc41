using McpRegistry.Core.State;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.Api.Startup;

/// <summary>
/// Ready from when the file and the store were read the first time: hosted services do that before the host counts as
/// started. A shared store that is away then holds it back unless it is known what it held; later it only degrades. Not ready
/// again once it stops, so that a balancer sends no more.
/// </summary>
internal sealed class RegistryLoaded(IHostApplicationLifetime lifetime, RegistryFreshness freshness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(Check());

    private HealthCheckResult Check() =>
        !lifetime.ApplicationStarted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested || !freshness.IsLoaded ? HealthCheckResult.Unhealthy()
        : freshness.StaleFor is null ? HealthCheckResult.Healthy()
        : HealthCheckResult.Degraded();
}
