using McpRegistry.Core.Cluster;
using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Mcp.Clients;
using McpRegistry.Mcp.OwnTools;
using McpRegistry.Mcp.Relay;
using McpRegistry.Mcp.Resources;

using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpRegistry.Mcp;

/// <summary>Registers the MCP face.</summary>
public static class McpServiceCollectionExtensions
{
    /// <summary>Adds it. Needs <c>AddRegistryCore</c>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="endsLeftCalls">True: a call of a legacy client ends when its connection does, for a face whose calls nothing else would end. Default false, as the protocol has it.</param>
    public static IServiceCollection AddMcpFace(this IServiceCollection services, IConfiguration configuration, bool endsLeftCalls = false)
    {
        services.AddSingleton(new LeftCalls(endsLeftCalls));
        services.AddOptions<McpOptions>().Bind(configuration.GetSection(McpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);

        services.AddClientWriter();
        services.TryAddSingleton<IListenAddress, ListenAddress>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReservedEndpoints, OwnListeners>());
        services.AddRelayDoor();
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
        services.TryAddSingleton<RelaySeal>();
        services.AddSingleton<RelayWay>();
        services.AddSingleton<SessionRelay>();
        services.AddSingleton<SessionAdoption>();
        services.AddSingleton<SessionRecords>();
        return services.AddHostedService(provider => provider.GetRequiredService<SessionRecords>());
    }
}
