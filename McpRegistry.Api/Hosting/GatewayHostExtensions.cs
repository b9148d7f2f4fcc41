using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Mcp.Relay;
using McpRegistry.ServiceDefaults.Hosting;

using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Api.Hosting;

/// <summary>The HTTP server of the gateway, and what stands before every route.</summary>
internal static class GatewayHostExtensions
{
    private const string DefaultUrl = "http://localhost:5080";
    private static readonly TimeSpan DefaultDrain = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder AddGatewayHost(this WebApplicationBuilder builder)
    {
        builder.AddHttpHost(DefaultUrl);
        var isShared = builder.Configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 };
        builder.Services.AddOptionsWithValidateOnStart<GatewayHttpOptions>().BindConfiguration(GatewayHttpOptions.Section).ValidateDataAnnotations()
            .Validate<IOptions<HostOptions>>(
                (http, host) => http.DrainDelay is not { } delay || delay == TimeSpan.Zero || delay < host.Value.ShutdownTimeout,
                $"{GatewayHttpOptions.Section}:DrainDelay must be shorter than {GatewayHttpOptions.Section}:ShutdownTimeout, or no time is left for calls in flight.")
            .PostConfigure<IOptions<HostOptions>>((http, host) => http.DrainDelay ??= isShared ? Shorter(DefaultDrain, host.Value.ShutdownTimeout / 2) : TimeSpan.Zero);
        builder.Services.AddRelayDoor();
        builder.Services.AddSingleton<ProblemBoundary>();
        builder.Services.TryAddSingleton<CallDrain>();
        builder.Services.AddSingleton<GatewayDrain>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<GatewayDrain>());
        builder.Services.TryAddSingleton<RegistryFreshness>();
        builder.Services.AddSingleton<StaleHeader>();
        return builder;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Puts the guard before everything, routing included.</summary>
    public static WebApplication UseGatewayHost(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<GatewayDrain>();
        var boundary = app.Services.GetRequiredService<ProblemBoundary>();
        var stale = app.Services.GetRequiredService<StaleHeader>();
        app.UseRelayDoor();
        app.Use(drain.Wrap);
        app.Use(boundary.Wrap);
        app.UseLocalhostGuard((context, detail) => ProblemMap.WriteAsync(context, new Problem(ErrorCode.ToolDenied) { Detail = detail }));
        app.Use(stale.Wrap);
        app.Use(CodedBodies.Wrap);
        app.UseRouting();
        return app;
    }
}
