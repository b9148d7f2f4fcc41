using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace McpRegistry.Core.Clients;

/// <summary>
/// Who counts as one client where clients share something: the address it comes from, and within it a session where it has one.
/// The one place that says so: when there are principals, they stand here.
/// </summary>
/// <remarks>Programs of one machine, and whatever comes through one proxy, have the same address: of these only the session tells them apart.</remarks>
public readonly record struct ClientKey
{
    private ClientKey(IPAddress? address, object? session)
    {
        Address = address;
        Session = session;
    }

    /// <summary>The address; of IPv6 its network of 64 bits, which one machine has for itself. Null: not known.</summary>
    public IPAddress? Address { get; }

    /// <summary>The session, told apart by reference. Null: it has none.</summary>
    public object? Session { get; }

    /// <summary>The same client without its session.</summary>
    public ClientKey Whole => new(Address, null);

    /// <summary>The client at an address.</summary>
    /// <param name="address">Where it comes from. Null: not known.</param>
    /// <param name="session">Its session. Null: it has none.</param>
    public static ClientKey Of(IPAddress? address, object? session = null) => new(Shorten(address), session);

    /// <inheritdoc/>
    public bool Equals(ClientKey other) =>
        ReferenceEquals(Session, other.Session) && (ReferenceEquals(Address, other.Address) || (Address is not null && Address.Equals(other.Address)));

    /// <inheritdoc/>
    public override int GetHashCode() => (Address?.GetHashCode() ?? 0) ^ (Session is null ? 0 : RuntimeHelpers.GetHashCode(Session));

    private static IPAddress? Shorten(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
