using System.Text;
using System.Threading.Channels;

using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Upstream.Channels;

/// <summary>Remembers what an instance told, and lets a test wait for it.</summary>
internal sealed class RecordingObserver : IInstanceObserver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<InstanceConnection> _connections = Channel.CreateUnbounded<InstanceConnection>();
    private readonly Channel<string> _reasons = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _notifications = Channel.CreateUnbounded<string>();

    public void Connected(InstanceConnection connection) => _connections.Writer.TryWrite(connection);

    public void Disconnected(string reason) => _reasons.Writer.TryWrite(reason);

    public void Notified(string method, ReadOnlyMemory<byte> message) => _notifications.Writer.TryWrite(Encoding.UTF8.GetString(message.Span));

    public async Task<InstanceConnection> NextConnectionAsync() => await _connections.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<string> NextDisconnectAsync() => await _reasons.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<string> NextNotificationAsync() => await _notifications.Reader.ReadAsync().AsTask().WaitAsync(Patience);
}
