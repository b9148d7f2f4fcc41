using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>
/// Carries whole JSON-RPC messages both ways: the pipes of a child, a WebSocket, an event stream with its POST address.
/// It knows framing and limits; ids and answers are <see cref="MessageChannelPeer"/>'s. Any exception of either method ends it, but for
/// a message that was too large and is passed over.
/// </summary>
internal interface IMessageChannel
{
    /// <summary>Writes one message. Called for one message at a time; an await that does not end is back-pressure.</summary>
    /// <param name="message">The message; stays the caller's, but the channel may change its bytes.</param>
    /// <param name="traceParent">The trace context it belongs to, for a channel that has headers. Null: none.</param>
    /// <param name="cancellationToken">The channel is being given up.</param>
    ValueTask SendAsync(PooledBytes message, string? traceParent, CancellationToken cancellationToken);

    /// <summary>Waits for the next message, which is the caller's to dispose. Called once at a time. Null: the other side ended.</summary>
    /// <exception cref="MessageTooLargeException">A message is larger than the limit; the exception says whether the channel goes on behind it.</exception>
    ValueTask<PooledBytes?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>True while the other side has not yet taken in what was sent. False also where that cannot be known.</summary>
    bool HasUnread => false;
}
