using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpRegistry.Tests.Clients;

/// <summary>A client that sends a request and reads nothing of the answer, with as little room for it as the system allows.</summary>
internal sealed class NonReader : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };

    private NonReader()
    {
    }

    public static async Task<NonReader> PostAsync(Uri gateway, string path, string body, params (string Name, string Value)[] headers)
    {
        var client = new NonReader();
        await client._socket.ConnectAsync(gateway.Host, gateway.Port);
        var more = string.Concat(headers.Select(one => $"{one.Name}: {one.Value}\r\n"));
        await client._socket.SendAsync(Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {gateway.Authority}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n{more}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        return client;
    }

    public static async Task<NonReader> GetAsync(Uri gateway, string path, params (string Name, string Value)[] headers)
    {
        var client = new NonReader();
        await client._socket.ConnectAsync(gateway.Host, gateway.Port);
        var more = string.Concat(headers.Select(one => $"{one.Name}: {one.Value}\r\n"));
        await client._socket.SendAsync(Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {gateway.Authority}\r\nAccept: text/event-stream\r\n{more}\r\n"));
        return client;
    }

    /// <summary>A connection on which nothing is sent.</summary>
    public static async Task<NonReader> ConnectAsync(Uri gateway, IPAddress? from = null)
    {
        var client = new NonReader();
        if (from is not null) client._socket.Bind(new IPEndPoint(from, 0));
        await client._socket.ConnectAsync(gateway.Host, gateway.Port);
        return client;
    }

    /// <summary>Reads what it was sent after all, until the connection ends.</summary>
    /// <returns>How much that was, and whether the connection was broken off.</returns>
    public async Task<(long Bytes, bool IsCut)> ReadAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var buffer = new byte[64 * 1024];
        var bytes = 0L;
        try
        {
            while (await _socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token) is > 0 and var read) bytes += read;
            return (bytes, false);
        }
        catch (SocketException) { return (bytes, true); }
    }

    public void Dispose() => _socket.Dispose();
}
