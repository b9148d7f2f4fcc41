using System.Collections.Concurrent;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Cluster;

/// <summary>The connections of a process that watches only while it leads: all end with the term, and the next term makes new ones.</summary>
internal sealed class LeaderConnections(IInstanceClientFactory clients) : IInstanceClientFactory
{
    private readonly ConcurrentDictionary<LeaderClient, bool> _all = new();

    public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer)
    {
        var client = new LeaderClient(ear => clients.Create(registration, instanceId, address, ear), observer, gone => _all.TryRemove(gone, out _));
        _all[client] = true;
        return client;
    }

    /// <summary>Ends what is open; returns when the farewells have been said.</summary>
    public Task EndAsync() => Task.WhenAll(_all.Keys.Select(client => client.EndAsync()));
}
