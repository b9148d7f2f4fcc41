using System.Net;
using System.Net.Sockets;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellationToken);

/// <summary>Opens a connection to exactly this address.</summary>
internal delegate ValueTask<Stream> OpenConnection(IPEndPoint endpoint, CancellationToken cancellationToken);

/// <summary>
/// The one place that makes outgoing connections. It resolves once, judges the addresses, and connects to a judged
/// address, so that no second lookup can lead elsewhere.
/// </summary>
/// <param name="resolve">Finds addresses.</param>
/// <param name="open">Connects.</param>
/// <param name="isAllowed">What the profile allows beside <see cref="ForbiddenAddresses"/>, which it cannot lift.</param>
internal sealed class EgressGuard(ResolveHost resolve, OpenConnection open, Predicate<IPAddress> isAllowed)
{
    /// <summary>The guard of the local profile: everything but the forbidden addresses.</summary>
    public static EgressGuard ForLocalProfile() => new(Dns.GetHostAddressesAsync, OpenSocketAsync, static _ => true);

    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, cancellationToken);

    public async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await resolve(endpoint.Host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        if (!Allows(addresses)) throw new EgressDeniedException();
        for (var i = 0; ; i++)
        {
            try { return await open(new IPEndPoint(addresses[i], endpoint.Port), cancellationToken); }
            catch (SocketException) when (i < addresses.Length - 1) { }
        }
    }

    /// <summary>The addresses of a host; none when it has none that can be found here.</summary>
    public async ValueTask<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try { return await resolve(host, cancellationToken); }
        catch (SocketException) { return []; }
    }

    /// <summary>True when all of these may be connected to. One bad address condemns the name: whoever controls it chose both.</summary>
    public bool Allows(IPAddress[] addresses) => Array.TrueForAll(addresses, address => !ForbiddenAddresses.Contains(address) && isAllowed(address));

    private static async ValueTask<Stream> OpenSocketAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The address may not be connected to. An <see cref="IOException"/> so that HTTP treats it as a failed connect.</summary>
internal sealed class EgressDeniedException() : IOException("The address is not allowed as a destination.");
