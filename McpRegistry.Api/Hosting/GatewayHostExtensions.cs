using McpRegistry.Core.State;

using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Api.Hosting;

/// <summary>The HTTP server itself: where it listens, what it takes at most, and what stands before every route.</summary>
internal static class GatewayHostExtensions
{
    private const string DefaultUrl = "http://localhost:5080";

    public static WebApplicationBuilder AddGatewayHost(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(GatewayHttpOptions.Section).Get<GatewayHttpOptions>() ?? new GatewayHttpOptions();
        builder.Services.AddOptionsWithValidateOnStart<GatewayHttpOptions>().BindConfiguration(GatewayHttpOptions.Section).ValidateDataAnnotations();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<LocalhostGuard>();
        builder.Services.AddSingleton<ProblemBoundary>();
        builder.Services.TryAddSingleton<RegistryFreshness>();
        builder.Services.AddSingleton<StaleHeader>();

        if (!ListenRule.IsConfigured(builder.Configuration)) builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                // Without TLS there is no negotiation, and every MCP client speaks HTTP/1.1.
                endpoint.Protocols = HttpProtocols.Http1;
                ListenRule.Check(endpoint);
            });
        });
        return builder;
    }

    /// <summary>Puts the guard before everything, routing included.</summary>
    public static WebApplication UseGatewayHost(this WebApplication app)
    {
        var boundary = app.Services.GetRequiredService<ProblemBoundary>();
        var guard = app.Services.GetRequiredService<LocalhostGuard>();
        var stale = app.Services.GetRequiredService<StaleHeader>();
        app.Use(boundary.Wrap);
        app.Use(guard.Wrap);
        app.Use(stale.Wrap);
        app.UseRouting();
        return app;
    }
}
