using McpRegistry.Core.Catalog;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.State;

/// <summary>The parts that bring registrations into a snapshot, over fake instances.</summary>
internal static class LiveRegistry
{
    public static LiveRegistrations Create(RegistryState state, TimeProvider time, IInstancePlacement? placement = null, ILastKnownCatalogs? lastKnown = null, bool areConnected = true)
    {
        var builder = new InstanceBuilder(new FakeClients(areConnected), state, new NoCatalogs(), new UpstreamNotificationFeed(), Options.Create(new UpstreamOptions()), time, new Random(1), placement);
        var policies = new LoadBalancingPolicySet([.. LoadBalancingPolicyNames.All.Select(name => new LoadBalancingPolicyFactory(name, () => new RoundRobinPolicy()))]);
        return new LiveRegistrations(state, builder, policies, new InstanceRetirement(state, time, NullLogger<InstanceRetirement>.Instance), lastKnown);
    }

    public static ServiceRegistration Http(string name, int port) => new() { Name = name, BaseUrl = new Uri($"http://127.0.0.1:{port}") };

    private sealed class FakeClients(bool areConnected) : IInstanceClientFactory
    {
        public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer) =>
            areConnected ? new FakeInstanceClient() : new FakeInstanceClient { Connection = null };
    }

    private sealed class NoCatalogs : ICatalogRefresher
    {
        public void RequestRefresh(string service) { }

        public Task<bool> RefreshAsync(string service, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
