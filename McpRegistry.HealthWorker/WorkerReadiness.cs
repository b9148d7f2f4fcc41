using McpRegistry.Core.Cluster;
using McpRegistry.ServiceDefaults;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.HealthWorker;

/// <summary>
/// Ready once started, whether it leads or waits; degraded while Redis is away, when it can do neither. Not ready again once it stops.
/// </summary>
internal sealed class WorkerReadiness(ILeaderStanding standing, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) => Task.FromResult(
        !lifetime.ApplicationStarted.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy()
        : standing.IsStoreUp ? HealthCheckResult.Healthy()
        : HealthCheckResult.Degraded("Redis is away."));
}

internal static class WorkerReadinessExtensions
{
    public static void AddWorkerReadiness(this IServiceCollection services) =>
        services.AddHealthChecks().AddCheck<WorkerReadiness>("worker", tags: [HealthEndpoints.Ready]);
}
