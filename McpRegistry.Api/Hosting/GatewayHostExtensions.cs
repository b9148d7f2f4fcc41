using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.ServiceDefaults.Hosting;

using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Api.Hosting;

/// <summary>The HTTP server of the gateway, and what stands before every route.</summary>
internal static class GatewayHostExtensions
{
    private const string DefaultUrl = "http://localhost:5080";

    public static WebApplicationBuilder AddGatewayHost(this WebApplicationBuilder builder)
    {
        builder.AddHttpHost(DefaultUrl);
        builder.Services.AddOptionsWithValidateOnStart<GatewayHttpOptions>().BindConfiguration(GatewayHttpOptions.Section).ValidateDataAnnotations();
        var isShared = builder.Configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 };
        builder.Services.PostConfigure<GatewayHttpOptions>(http => http.DrainDelay ??= isShared ? TimeSpan.FromSeconds(5) : TimeSpan.Zero);
        builder.Services.AddSingleton<ProblemBoundary>();
        builder.Services.TryAddSingleton<CallDrain>();
        builder.Services.AddSingleton<GatewayDrain>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<GatewayDrain>());
        builder.Services.TryAddSingleton<RegistryFreshness>();
        builder.Services.AddSingleton<StaleHeader>();
        return builder;
    }

    /// <summary>Puts the guard before everything, routing included.</summary>
    public static WebApplication UseGatewayHost(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<GatewayDrain>();
        var boundary = app.Services.GetRequiredService<ProblemBoundary>();
        var stale = app.Services.GetRequiredService<StaleHeader>();
        app.Use(drain.Wrap);
        app.Use(boundary.Wrap);
        app.UseLocalhostGuard((context, detail) => ProblemMap.WriteAsync(context, new Problem(ErrorCode.ToolDenied) { Detail = detail }));
        app.Use(stale.Wrap);
        app.Use(CodedBodies.Wrap);
        app.UseRouting();
        return app;
    }
}
