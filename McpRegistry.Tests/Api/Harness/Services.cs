using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Fakes;

namespace McpRegistry.Tests.Api.Harness;

/// <summary>Services in the snapshot, without anything behind them.</summary>
internal static class Services
{
    public static ServiceRegistration Registration(string name) => new()
    {
        Name = name,
        BaseUrl = new Uri($"http://127.0.0.1:9/{name}/mcp?key=query-secret"),
        ApiKey = "api-key-secret",
        Config = new ServiceConfig
        {
            Trusted = true,
            Headers = ImmutableSortedDictionary<string, string>.Empty.Add("X-Key", "header-secret"),
            Env = ImmutableSortedDictionary<string, string>.Empty.Add("TOKEN", "env-secret"),
        },
    };

    public static ServiceSnapshot Ready(string name, params string[] tools) => new()
    {
        Registration = Registration(name),
        Policy = new FirstPolicy(),
        Condition = ServiceCondition.Ready,
        Instances = [Instance(name, $"{name}-1")],
        Catalog = new ServiceCatalog { Tools = [.. tools.Select(tool => Tool(name, tool))] },
    };

    public static InstanceState Instance(string service, string id) => new(
        service, id, new Uri($"http://127.0.0.1:9/{id}?key=query-secret"), new FakeInstanceClient(),
        new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), new InstanceLoad(8, 8));

    public static CatalogEntry Tool(string service, string name, bool claimsSafe = false) => new()
    {
        Kind = CatalogKind.Tool,
        Service = service,
        Name = name,
        ExposedName = $"{service}__{name}",
        ClaimsSafe = claimsSafe,
        Definition = JsonSerializer.SerializeToElement(new { name, description = $"Does {name} things", inputSchema = new { type = "object" } }),
    };

    public static void Put(this RegistryState state, ServiceSnapshot service) => state.Update(
        service.Name, _ => service, (before, _) => new RegistryChange(before is null ? RegistryChangeKind.ServiceAdded : RegistryChangeKind.ServiceUpdated, service.Name, 0));

    private sealed class FirstPolicy : ILoadBalancingPolicy
    {
        public string Name => "First";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[0];
    }
}
