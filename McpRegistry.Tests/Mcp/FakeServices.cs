using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Mcp;

/// <summary>Services for the snapshot, without anything behind them.</summary>
internal static class FakeServices
{
    public static ServiceSnapshot Service(
        string name, ServiceCatalog catalog, ServiceCondition condition = ServiceCondition.Ready, ProtocolEra era = ProtocolEra.Legacy, params IInstanceClient[] clients)
    {
        IInstanceClient[] behind = clients.Length > 0 ? clients : [new FakeClient(era)];
        return new ServiceSnapshot
        {
            Registration = new ServiceRegistration { Name = name },
            Policy = new FirstPolicy(),
            Catalog = catalog,
            Condition = condition,
            Instances = [.. behind.Select((client, index) => new InstanceState(name, $"{name}-{index + 1}", null, client, new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), new InstanceLoad(8, 8)))],
        };
    }

    public static ServiceCatalog Catalog(string service, params string[] tools) => new() { Tools = [.. tools.Select(one => Tool(service, one))] };

    public static CatalogEntry Tool(string service, string json)
    {
        var definition = json.StartsWith('{') ? json : $$"""{"name":"{{json}}","description":"Tool {{json}}","inputSchema":{"type":"object"} }""";
        return Entry(CatalogKind.Tool, service, definition, "name");
    }

    public static CatalogEntry Prompt(string service, string name) => Entry(CatalogKind.Prompt, service, $$"""{"name":"{{name}}"}""", "name");

    public static CatalogEntry Resource(string service, string uri) => Entry(CatalogKind.Resource, service, $$"""{"uri":"{{uri}}","name":"a resource"}""", "uri");

    public static CatalogEntry Template(string service, string uri) => Entry(CatalogKind.ResourceTemplate, service, $$"""{"uriTemplate":"{{uri}}","name":"a template"}""", "uriTemplate");

    public static void Put(this RegistryState state, ServiceSnapshot service, CatalogLists changed = CatalogLists.None) => state.Update(
        service.Name,
        _ => service,
        (before, after) => new RegistryChange(before is null ? RegistryChangeKind.ServiceAdded : RegistryChangeKind.CatalogChanged, after.Name, 0, changed));

    private static CatalogEntry Entry(CatalogKind kind, string service, string json, string key)
    {
        var definition = JsonElement.Parse(json);
        var name = definition.GetProperty(key).GetString()!;
        return new CatalogEntry
        {
            Kind = kind,
            Service = service,
            Name = name,
            ExposedName = kind is CatalogKind.Tool or CatalogKind.Prompt ? $"{service}__{name}" : name,
            Definition = definition,
        };
    }

    private sealed class FirstPolicy : ILoadBalancingPolicy
    {
        public string Name => "First";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[0];
    }

    private sealed class FakeClient(ProtocolEra era) : IInstanceClient
    {
        public InstanceConnection? Connection { get; } = new() { Era = era, ProtocolVersion = "2025-11-25", Capabilities = JsonElement.Parse("{}"), ServerName = "fake", ServerVersion = "0.1" };

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
