using McpRegistry.Api.Calls;
using McpRegistry.Api.Discovery;
using McpRegistry.Api.Docs;
using McpRegistry.Api.Events;
using McpRegistry.Api.Health;
using McpRegistry.Api.Instances;
using McpRegistry.Api.Services;
using McpRegistry.Api.Tools;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Api;

/// <summary>The REST face: one folder per resource.</summary>
internal static class RestFaceExtensions
{
    public static WebApplicationBuilder AddRestFace(this WebApplicationBuilder builder)
    {
        builder.Services.AddClientWriter();
        builder.Services.AddSingleton<CallHandler>();
        builder.Services.AddSingleton<EventStream>();
        return builder.AddDocs();
    }

    public static WebApplication MapRestFace(this WebApplication app)
    {
        var api = app.MapGroup("/api");
        api.MapServices();
        api.MapInstances();
        api.MapHealth();
        api.MapTools();
        api.MapCalls();
        api.MapDiscovery();
        api.MapEvents();
        return app.MapDocs();
    }
}
