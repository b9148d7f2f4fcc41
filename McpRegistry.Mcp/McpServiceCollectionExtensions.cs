using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Mcp.Clients;
using McpRegistry.Mcp.OwnTools;
using McpRegistry.Mcp.Resources;

using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Mcp;

/// <summary>Registers the MCP face.</summary>
public static class McpServiceCollectionExtensions
{
    /// <summary>Adds it. Needs <c>AddRegistryCore</c>.</summary>
    public static IServiceCollection AddMcpFace(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<McpOptions>().Bind(configuration.GetSection(McpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);

        services.AddClientWriter();
        services.TryAddSingleton<IListenAddress, ListenAddress>();
        services.AddSingleton<PostHandler>();
        services.AddSingleton<SessionEndpoints>();
        services.AddSingleton<LegacyRequests>();
        services.AddSingleton<ModernRequests>();
        services.AddSingleton<CatalogRequests>();
        services.AddSingleton<CallForwarder>();
        services.AddSingleton<HandedOutLinks>();
        services.AddSingleton<ResourceRoutes>();
        services.AddSingleton<ListAnswers>();
        services.AddSingleton<ServerIntroduction>();
        services.AddSingleton<LegacySessions>();
        services.AddSingleton<LogLevelForwarder>();
        services.AddHostedService(provider => provider.GetRequiredService<LogLevelForwarder>());
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<StreamLimit>();
        services.AddHostedService<CatalogChangeFeed>();
        services.AddHostedService<UpstreamLogFeed>();

        if (configuration.GetConnectionString(RedisOptions.ConnectionName) is { Length: > 0 }) services.AddSharedSessions();
        else services.AddSingleton<ISessionSharing, LoneSessions>();

        services.AddSingleton<OwnToolSet>();
        services.AddSingleton<IOwnTool, CallToolTool>();
        services.AddSingleton<IOwnTool, DescribeToolTool>();
        services.AddSingleton<IOwnTool, ListAvailableToolsTool>();
        services.AddSingleton<IOwnTool, SearchToolsTool>();
        services.AddSingleton<IOwnTool, ServiceHealthTool>();
        return services;
    }

    private static IServiceCollection AddSharedSessions(this IServiceCollection services)
    {
        services.AddSingleton<ISessionSharing, SharedSessions>();
        services.AddSingleton<SessionRelay>();
        services.AddSingleton<SessionAdoption>();
        services.AddSingleton<SessionRecords>();
        return services.AddHostedService(provider => provider.GetRequiredService<SessionRecords>());
    }
}
