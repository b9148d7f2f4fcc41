using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace McpRegistry.ServiceDefaults;

/// <summary>
/// Liveness and readiness. A check with the tag <see cref="Ready"/> holds readiness back; liveness has no check beside
/// "the process answers", so that a broken dependency never gets the process killed.
/// </summary>
public static class HealthEndpoints
{
    /// <summary>The tag of checks that must pass before traffic may come.</summary>
    public const string Ready = "ready";

    /// <summary>What both paths start with; such requests are left out of traces and metrics.</summary>
    public const string Path = "/health";

    internal static void AddHealthEndpoints(this IHostApplicationBuilder builder) => builder.Services.AddHealthChecks();

    internal static void MapHealthEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(Path + "/live", new HealthCheckOptions { Predicate = _ => false }).DisableHttpMetrics();
        app.MapHealthChecks(Path + "/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(Ready),
            ResultStatusCodes = { [HealthStatus.Degraded] = 200, [HealthStatus.Unhealthy] = 503 },
        }).DisableHttpMetrics();
    }
}
