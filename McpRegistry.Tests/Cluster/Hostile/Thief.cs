using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace McpRegistry.Tests.Cluster.Hostile;

/// <summary>Listens on 127.0.0.1, answers whatever comes, and remembers every byte of it.</summary>
internal sealed class Thief : IAsyncDisposable
{
    private const string Answer = """{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"ANSWER OF THE THIEF"}]}}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _got = new();
    private readonly Task _listening;

    public Thief()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _listening = ListenAsync();
    }

    public Uri Address { get; }

    /// <summary>Everything that came, connection by connection.</summary>
    public string[] Got => [.. _got];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _listening;
        _end.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException) { }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            var buffer = new byte[64 * 1024];
            var length = await client.GetStream().ReadAsync(buffer, _end.Token);
            _got.Enqueue(Encoding.UTF8.GetString(buffer, 0, length));
            var answer = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Answer.Length}\r\nConnection: close\r\n\r\n{Answer}";
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer), _end.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException) { }
    }
}
