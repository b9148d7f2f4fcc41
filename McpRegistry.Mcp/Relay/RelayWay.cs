using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Mcp.Relay;

/// <summary>The way of a client's request to another replica, with the mark that says who sends it.</summary>
internal sealed class RelayWay(ReplicaForwarder forwarder, RelaySeal seal)
{
    /// <inheritdoc cref="ReplicaForwarder.SendAsync"/>
    public ValueTask<ReplicaAnswer> SendAsync(AwayRequest request, Uri address, string replica, CancellationToken cancellationToken) =>
        forwarder.SendAsync(request.For(address, replica, seal), cancellationToken);
}
