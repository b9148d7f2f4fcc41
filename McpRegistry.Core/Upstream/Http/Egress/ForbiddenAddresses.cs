using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>
/// Addresses nothing may ever connect to, whatever is configured: cloud metadata services give credentials to whoever
/// asks, and the rest name no single host. Decided by the address alone; a name or the text of a URL can be bent.
/// </summary>
internal static class ForbiddenAddresses
{
    // AWS (all of the prefix: metadata, DNS, time, EKS Pod Identity), Google, Oracle, Scaleway, Linode, Alibaba.
    private static readonly IPNetwork[] MetadataV6 =
    [
        .. new[] { "fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128", "fd00:a9fe:a9fe::1/128", "fd00:100::100:200/128" }.Select(one => IPNetwork.Parse(one)),
    ];

    public static bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return IsForbiddenV4(V4(address.GetAddressBytes()));
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return true;
        // ::1 would otherwise be read as the IPv4-compatible form of 0.0.0.1.
        if (IPAddress.IPv6Loopback.Equals(address)) return false;
        if (address.IsIPv6LinkLocal || address.IsIPv6Multicast || IPAddress.IPv6Any.Equals(address)) return true;
        foreach (var metadata in MetadataV6)
        {
            if (metadata.Contains(address.ScopeId == 0 ? address : new IPAddress(address.GetAddressBytes()))) return true;
        }

        return CarriesForbiddenV4(address.GetAddressBytes());
    }

    // Every way an IPv4 address travels inside an IPv6 one (RFC 4291, 3056, 4380, 5214, 6052, 8215).
    private static bool CarriesForbiddenV4(ReadOnlySpan<byte> v6)
    {
        var tail = V4(v6[12..]);
        var startsWithZeros = !v6[..10].ContainsAnyExcept((byte)0);
        if (startsWithZeros && (v6[10], v6[11]) is ((0, 0) or (0xff, 0xff))) return IsForbiddenV4(tail);
        if (v6.StartsWith(TranslatedPrefix)) return IsForbiddenV4(tail);
        if (v6.StartsWith(Nat64Prefix)) return IsForbiddenV4(tail);
        if (v6.StartsWith(LocalNat64Prefix)) return IsForbiddenV4(tail) || IsForbiddenV4(V4([v6[6], v6[7], v6[9], v6[10]]));
        if (v6.StartsWith(SixToFourPrefix)) return IsForbiddenV4(V4(v6[2..]));
        if (v6.StartsWith(TeredoPrefix)) return IsForbiddenV4(V4(v6[4..])) || IsForbiddenV4(~tail);
        var isIsatap = (v6[8] & 0xfd) == 0 && v6[9] == 0 && v6[10] == 0x5e && v6[11] == 0xfe;
        return isIsatap && IsForbiddenV4(tail);
    }

    private static bool IsForbiddenV4(uint address) =>
        Within(address, 0x00000000, 8)         // 0.0.0.0/8 "this network"; Linux takes 0.0.0.0 for localhost
        || Within(address, 0xa9fe0000, 16)     // 169.254.0.0/16 link local: AWS, Azure, GCP metadata
        || address == 0xa83f8110               // 168.63.129.16 Azure's wire server
        || address == 0x646464c8               // 100.100.100.200 Alibaba Cloud metadata
        || address == 0xc00000c0               // 192.0.0.192 Oracle Cloud metadata
        || Within(address, 0xe0000000, 4)      // multicast
        || address == 0xffffffff;              // broadcast

    private static bool Within(uint address, uint network, int prefix) => (address ^ network) >> (32 - prefix) == 0;

    private static uint V4(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static ReadOnlySpan<byte> TranslatedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];

    private static ReadOnlySpan<byte> Nat64Prefix => [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    private static ReadOnlySpan<byte> LocalNat64Prefix => [0, 0x64, 0xff, 0x9b, 0, 1];

    private static ReadOnlySpan<byte> SixToFourPrefix => [0x20, 0x02];

    private static ReadOnlySpan<byte> TeredoPrefix => [0x20, 0x01, 0, 0];
}
