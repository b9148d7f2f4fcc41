using System.Globalization;
using System.Net;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>One entry of <see cref="EgressOptions.Allow"/>.</summary>
internal sealed record AllowedTarget
{
    /// <summary>The word for all addresses of the internet.</summary>
    public const string Public = "public";

    private const string AllBelow = "*.";

    private IPNetwork? _network;
    private string? _host;
    private int? _port;

    private AllowedTarget() { }

    /// <summary>Reads an entry. Null: it is none.</summary>
    public static AllowedTarget? Parse(string text)
    {
        var entry = text.Trim();
        if (entry.Equals(Public, StringComparison.OrdinalIgnoreCase)) return new AllowedTarget();
        if (entry.Contains('/')) return IPNetwork.TryParse(entry, out var network) ? new AllowedTarget { _network = network } : null;
        if (IPAddress.TryParse(entry, out var alone)) return new AllowedTarget { _network = Only(alone) };
        var (host, port) = Split(entry);
        if (port is <= 0 or > ushort.MaxValue) return null;
        if (IPAddress.TryParse(host, out var address)) return new AllowedTarget { _network = Only(address), _port = port };
        var name = host.StartsWith(AllBelow, StringComparison.Ordinal) ? host[AllBelow.Length..] : host;
        return Uri.CheckHostName(name) == UriHostNameType.Dns ? new AllowedTarget { _host = host.TrimEnd('.'), _port = port } : null;
    }

    /// <summary>True when whatever has this name and port may be reached, wherever it is.</summary>
    public bool AllowsName(string host, int port)
    {
        if (_host is null || (_port ?? port) != port) return false;
        var name = host.TrimEnd('.');
        return _host.StartsWith(AllBelow, StringComparison.Ordinal) ? name.EndsWith(_host[1..], StringComparison.OrdinalIgnoreCase) : name.Equals(_host, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True when this address may be reached.</summary>
    public bool AllowsAddress(IPAddress address, int port)
    {
        if (_host is not null || (_port ?? port) != port) return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _network is { } network ? network.Contains(plain) : PublicAddresses.Contain(plain);
    }

    private static IPNetwork Only(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    private static (string Host, int? Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        if (colon <= entry.LastIndexOf(']')) return (entry, null);
        return (entry[..colon], int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0);
    }
}
