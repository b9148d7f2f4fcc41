using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace McpRegistry.Mcp;

/// <summary>The address other machines know this one by.</summary>
internal static class MachineAddress
{
    /// <summary>That of the network with a way out, which is the one that containers share. Null: there is no network.</summary>
    public static IPAddress? Find() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => one.OperationalStatus == OperationalStatus.Up && one.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .Select(one => one.GetIPProperties())
            .OrderByDescending(one => one.GatewayAddresses.Count)
            .SelectMany(one => one.UnicastAddresses)
            .Select(one => one.Address)
            .Where(one => !IPAddress.IsLoopback(one) && !one.IsIPv6LinkLocal)
            .OrderBy(one => one.AddressFamily == AddressFamily.InterNetworkV6)
            .FirstOrDefault();
}
