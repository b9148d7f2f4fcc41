using System.Text;
using System.Threading.Channels;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Tests.Upstream.Channels;

/// <summary>A channel whose other side is the test.</summary>
internal sealed class FakeChannel : IMessageChannel
{
    private readonly Channel<PooledBytes> _incoming = Channel.CreateUnbounded<PooledBytes>();
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();

    /// <summary>Set: a write waits for it, as on a full pipe.</summary>
    public TaskCompletionSource? Stall { get; set; }

    public async ValueTask SendAsync(PooledBytes message, string? traceParent, CancellationToken cancellationToken)
    {
        _sent.Writer.TryWrite(Encoding.UTF8.GetString(message.Span));
        if (Stall is { } stall) await stall.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask<PooledBytes?> ReceiveAsync(CancellationToken cancellationToken) =>
        await _incoming.Reader.WaitToReadAsync(cancellationToken) ? await _incoming.Reader.ReadAsync(cancellationToken) : null;

    public async Task<string> NextSentAsync() => await _sent.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public void Receive(string message) => Receive(Encoding.UTF8.GetBytes(message));

    public void Receive(byte[] message)
    {
        var bytes = new PooledBytes();
        bytes.Write(message);
        _incoming.Writer.TryWrite(bytes);
    }

    public void End(Exception? error = null) => _incoming.Writer.TryComplete(error);
}
