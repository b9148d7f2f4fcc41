using System.Net;
using System.Net.Sockets;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>Tells addresses of the internet from those of this machine and its networks (the registries of RFC 6890).</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] OfNetworks =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(one => IPNetwork.Parse(one)),
    ];

    // Global unicast. What of it tunnels to IPv4 (Teredo, 6to4) may end anywhere.
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotOfInternet = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(one => IPNetwork.Parse(one))];

    public static bool Contain(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? !Array.Exists(OfNetworks, network => network.Contains(address))
        : Global.Contains(address) && !Array.Exists(NotOfInternet, network => network.Contains(address));
}
