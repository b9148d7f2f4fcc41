using McpRegistry.Api.Problems;
using McpRegistry.Core.Calls;
using McpRegistry.ServiceDefaults.Hosting;

namespace McpRegistry.Api.Hosting;

/// <summary>The HTTP server of the gateway, and what stands before every route.</summary>
internal static class GatewayHostExtensions
{
    private const string DefaultUrl = "http://localhost:5080";

    public static WebApplicationBuilder AddGatewayHost(this WebApplicationBuilder builder)
    {
        builder.AddHttpHost(DefaultUrl);
        builder.Services.AddOptionsWithValidateOnStart<GatewayHttpOptions>().BindConfiguration(GatewayHttpOptions.Section).ValidateDataAnnotations();
        builder.Services.AddSingleton<ProblemBoundary>();
        return builder;
    }

    /// <summary>Puts the guard before everything, routing included.</summary>
    public static WebApplication UseGatewayHost(this WebApplication app)
    {
        var boundary = app.Services.GetRequiredService<ProblemBoundary>();
        app.Use(boundary.Wrap);
        app.UseLocalhostGuard((context, detail) => ProblemMap.WriteAsync(context, new Problem(ErrorCode.ToolDenied) { Detail = detail }));
        app.UseRouting();
        return app;
    }
}
