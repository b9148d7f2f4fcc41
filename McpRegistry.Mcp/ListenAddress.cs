using System.Net;

using McpRegistry.Core.Cluster;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace McpRegistry.Mcp;

/// <summary>The first address the HTTP server is bound to.</summary>
internal sealed class ListenAddress(IServer server) : IListenAddress
{
    public Uri? Find()
    {
        foreach (var bound in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            // Not every bound address is a URI: http://+:80 is none, and http://unix:/path is one by accident.
            if (!Uri.TryCreate(bound, UriKind.Absolute, out var address) || address.Host is "unix" or "pipe" || IsEveryAddress(address)) continue;
            return address;
        }
        return null;
    }

    private static bool IsEveryAddress(Uri address) =>
        IPAddress.TryParse(address.DnsSafeHost, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
}
