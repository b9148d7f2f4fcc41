using System.Net;
using System.Net.Sockets;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A port on loopback that nobody listens on: for processes that must come back at the same address.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
