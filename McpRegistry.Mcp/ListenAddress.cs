using System.Net;

using McpRegistry.Core.Cluster;

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace McpRegistry.Mcp;

/// <summary>The first address the HTTP server is bound to; where that is every address, as in a container, the machine's own.</summary>
internal sealed class ListenAddress(IServer server) : IListenAddress
{
    public Uri? Find() => Choose(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], MachineAddress.Find);

    internal static Uri? Choose(IEnumerable<string> bound, Func<IPAddress?> machine)
    {
        Uri? onEvery = null;
        foreach (var one in bound)
        {
            // Not every bound address is a URI: http://+:80 is none, and http://unix:/path is one by accident.
            if (!Uri.TryCreate(one, UriKind.Absolute, out var address) || address.Host is "unix" or "pipe") continue;
            if (!IsEveryAddress(address)) return address;
            // No certificate is made out to an address that is given anew to each container.
            if (address.Scheme == Uri.UriSchemeHttp) onEvery ??= address;
        }
        return onEvery is not null && machine() is { } own ? new UriBuilder(onEvery.Scheme, own.ToString(), onEvery.Port).Uri : null;
    }

    private static bool IsEveryAddress(Uri address) =>
        IPAddress.TryParse(address.DnsSafeHost, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
}
