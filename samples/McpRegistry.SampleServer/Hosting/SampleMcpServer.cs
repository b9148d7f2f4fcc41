using McpRegistry.SampleServer.Conformance;
using McpRegistry.SampleServer.Prompts;
using McpRegistry.SampleServer.Resources;
using McpRegistry.SampleServer.Tools;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Hosting;

/// <summary>What the server offers, the same over every transport.</summary>
internal static class SampleMcpServer
{
    public static IMcpServerBuilder AddSampleMcpServer(
        this IServiceCollection services, SampleOptions options, Ledger ledger, TimeProvider time)
    {
        services.AddSingleton(options).AddSingleton(ledger).AddSingleton(time);
        services.AddSingleton<StoredValues>();
        services.AddHttpContextAccessor();

        // One collection for all sessions and requests, so that a change made by one call is seen by all.
        var tools = new McpServerPrimitiveCollection<McpServerTool>();
        var prompts = new McpServerPrimitiveCollection<McpServerPrompt>();
        services.AddSingleton(tools).AddSingleton(prompts);
        services.Configure<McpServerOptions>(server =>
        {
            server.ServerInfo = new Implementation { Name = options.Name, Version = "1.0.0" };
            server.ToolCollection = tools;
            server.PromptCollection = prompts;
            server.ProtocolVersion = options.Era == Era.Modern ? ProtocolVersions.FirstModern : null;
        });

        var server = services.AddMcpServer()
            .WithTools<BasicTools>()
            .WithTools<StateTools>()
            .WithTools<FaultTools>()
            .WithTools<TimingTools>()
            .WithTools<StreamTools>()
            .WithPrompts<SamplePrompts>()
            .WithResources<SampleResources>()
            .WithCompleteHandler((request, _) => ValueTask.FromResult(SamplePrompts.Complete(request)))
            .WithRequestFilters(filters => filters.AddCallToolFilter(next => LedgerFilter.Around(next, ledger)));
        return options.Conformance ? server.AddConformanceFixtures() : server;
    }
}
