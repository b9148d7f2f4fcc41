using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace McpRegistry.Mcp;

/// <summary>Where this process itself listens: a service there would be the gateway, behind itself.</summary>
internal sealed class OwnListeners(IServer server) : IReservedEndpoints
{
    public IEnumerable<ReservedEndpoint> Find()
    {
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            var bound = BindingAddress.Parse(address);
            if (!bound.IsUnixPipe && !bound.IsNamedPipe) yield return new ReservedEndpoint(bound.Host, bound.Port, IsThisProcess: true);
        }
    }
}
