using McpRegistry.Core.Health;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Health;

/// <summary>Makes instances and services for tests.</summary>
internal static class Instances
{
    public static InstanceState Create(
        string id = "one", IInstanceClient? client = null, InstanceHealth? health = null, string service = "alpha", int maxInFlight = 1000, bool isChild = false) =>
        new(service, id, isChild ? null : new Uri("http://127.0.0.1:9/"), client ?? FakeInstanceClient.Connected(),
            health ?? new InstanceHealth(new HealthSettings(), TimeProvider.System, new ConcurrentRandom(1)), new InstanceLoad(maxInFlight, 0));

    public static ServiceSnapshot Service(params InstanceState[] instances) => new()
    {
        Registration = new ServiceRegistration { Name = instances.Length == 0 ? "alpha" : instances[0].ServiceName },
        Policy = new RoundRobinPolicy(),
        Instances = [.. instances],
    };
}
