using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace McpRegistry.ServiceDefaults;

/// <summary>What every process of the registry has: telemetry, service discovery, health endpoints.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds all of it. No resilience handler: it would send tool calls twice.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddTelemetry();
        builder.AddHealthEndpoints();
        builder.Services.AddServiceDiscovery();
        return builder;
    }

    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>, in every environment.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.MapHealthEndpoints();
        return app;
    }
}
