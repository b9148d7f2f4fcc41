using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>Recognises places that no service may be by whatever name or spelling they are reached.</summary>
/// <param name="sources">Who knows such places.</param>
/// <param name="resolve">Finds addresses.</param>
/// <param name="machine">The addresses of this machine beside loopback.</param>
internal sealed class ReservedAddresses(IEnumerable<IReservedEndpoints> sources, ResolveHost resolve, Func<IEnumerable<IPAddress>> machine)
{
    private static readonly IPAddress[] Loopbacks = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>The reserved place that a connection to one of these would lead to. Null: it leads to none.</summary>
    public async ValueTask<ReservedEndpoint?> FindAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        foreach (var reserved in sources.SelectMany(source => source.Find()))
        {
            // Everything else is asked only for the few that share a port with one.
            if (reserved.Port != port) continue;
            var places = await AddressesOfAsync(reserved.Host, cancellationToken);
            if (Array.Exists(addresses, address => Array.Exists(places, place => IsSame(Plain(address), place, reserved.IsThisProcess)))) return reserved;
        }

        return null;
    }

    /// <summary>The addresses of the network cards of this machine.</summary>
    public static IEnumerable<IPAddress> OfThisMachine()
    {
        try { return NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address); }
        catch (Exception unknown) when (unknown is NetworkInformationException or PlatformNotSupportedException) { return []; }
    }

    private async ValueTask<IPAddress[]> AddressesOfAsync(string host, CancellationToken cancellationToken)
    {
        if (host is "*" or "+") return [IPAddress.Any];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return Loopbacks;
        if (IPAddress.TryParse(host, out var literal)) return [Plain(literal)];
        try { return [.. (await resolve(host, cancellationToken)).Select(Plain)]; }
        catch (SocketException) { return []; }
    }

    // A listener has one address, or all; of the machine's others somebody else may have that port. What another process has there
    // is reached by any of them, as far as can be told from here.
    private bool IsSame(IPAddress address, IPAddress place, bool isThisProcess)
    {
        if (place.Equals(IPAddress.Any) || place.Equals(IPAddress.IPv6Any)) return IsHere(address);
        return address.Equals(place) || (!isThisProcess && IsHere(place) && IsHere(address));
    }

    private bool IsHere(IPAddress address) => IPAddress.IsLoopback(address) || machine().Any(own => Plain(own).Equals(address));

    // Addresses of link-local cards carry the number of the card.
    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
}
