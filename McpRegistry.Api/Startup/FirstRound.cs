using McpRegistry.Core.State;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.Api.Startup;

/// <summary>
/// Where a balancer chooses among several gateways, a new one waits until it knows how each service stands, so that its first
/// calls do not meet instances that are still being connected. A service that never comes up cannot keep it out.
/// </summary>
internal sealed class FirstRound(RegistryState state, TimeProvider time) : IHealthCheck, IHostedService
{
    // Together with the start itself well below the ten seconds that a replaced gateway may be missing.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    // Made with the other hosted services, so that the time counts from the start and not from the first question.
    private readonly long _started = time.GetTimestamp();
    private volatile bool _isOver;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        // What is registered later is not waited for: the gateway serves the others by then.
        _isOver = _isOver || time.GetElapsedTime(_started) >= Longest || !state.Current.Services.Values.Any(ServiceTable.IsAwaited);
        return Task.FromResult(_isOver ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
