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
/// <param name="profile">Where services registered over REST may be, beside <see cref="ForbiddenAddresses"/>, which it cannot lift. Null: anywhere else.</param>
/// <param name="sources">Who knows places that no service may be.</param>
/// <param name="machine">The addresses of this machine. Null: they are looked up.</param>
internal sealed class EgressGuard(
    ResolveHost resolve, OpenConnection open, EgressProfile? profile = null, IEnumerable<IReservedEndpoints>? sources = null, Func<IEnumerable<IPAddress>>? machine = null)
{
    private readonly ReservedAddresses _reserved = new([.. sources ?? []], resolve, machine ?? ReservedAddresses.OfThisMachine);

    /// <summary>The guard of this machine's network.</summary>
    public static EgressGuard ForNetwork(EgressProfile? profile = null, IEnumerable<IReservedEndpoints>? sources = null) => new(Dns.GetHostAddressesAsync, OpenSocketAsync, profile, sources);

    /// <summary>Connects, if it may.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="isListedOnly">Whether the profile is asked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EgressDeniedException">It may not.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, bool isListedOnly, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await resolve(endpoint.Host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        await JudgeAsync(endpoint.Host, endpoint.Port, addresses, isListedOnly, cancellationToken);
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

    /// <summary>Refuses what must not be connected to. One bad address condemns the name: whoever controls it chose both.</summary>
    /// <exception cref="EgressDeniedException">It must not.</exception>
    public async ValueTask JudgeAsync(string host, int port, IPAddress[] addresses, bool isListedOnly, CancellationToken cancellationToken)
    {
        if (Array.Exists(addresses, ForbiddenAddresses.Contains)) throw EgressDeniedException.Forbidden();
        if (await _reserved.FindAsync(addresses, port, cancellationToken) is { } reserved) throw reserved.IsThisProcess ? EgressDeniedException.Self() : EgressDeniedException.Forbidden();
        if (isListedOnly && profile?.Allows(host, port, addresses) == false) throw EgressDeniedException.NotListed();
    }

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
internal sealed class EgressDeniedException : IOException
{
    private EgressDeniedException(string message) : base(message) { }

    public static EgressDeniedException Forbidden() => new("The address is not allowed as a destination.");

    public static EgressDeniedException Self() => new("It is this gateway itself.");

    public static EgressDeniedException NotListed() => new($"The address is not allowed as a destination: it is not among those of {EgressOptions.Section}:{nameof(EgressOptions.Allow)}.");
}
