using System.Net;
using System.Net.Sockets;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A port on loopback that nobody listens on: for processes that must come back at the same address.</summary>
internal static class FreePort
{
    // Below the ports that systems give to outgoing connections (from 32768 on Linux, 49152 elsewhere): of those, any connection
    // may take one between the look and the use, or while a process that was killed is away.
    private const int First = 20_000;
    private const int Count = 12_000;

    // Two runs at once begin at different places.
    private static int _next = Environment.ProcessId * 97;

    public static int Find()
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) when (attempt < Count) { }
        }
    }
}
