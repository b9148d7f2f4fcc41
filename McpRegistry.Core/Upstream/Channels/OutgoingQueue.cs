using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Messages that wait to be written. Bounded, so that a peer that stopped reading is back-pressure and not a leak.</summary>
internal sealed class OutgoingQueue
{
    /// <summary>Requests and answers that may wait.</summary>
    public const int MaxMessages = 64;

    /// <summary>Bytes that may wait; a single message may be larger.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    // Cancellations must get through a full queue; there is at most one for each request that was written.
    private const int MaxMessagesWithCancellations = 16 * MaxMessages;

    private readonly Channel<OutgoingMessage> _messages = Channel.CreateUnbounded<OutgoingMessage>();
    private int _count;
    private long _bytes;

    /// <summary>True when everything was written.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Takes a message in. False: the queue is full or closed, and the message stays the caller's.</summary>
    public bool TryAdd(OutgoingMessage message, bool isCancellation = false)
    {
        var count = Interlocked.Increment(ref _count);
        var bytes = Interlocked.Add(ref _bytes, message.Length);
        var fits = count <= (isCancellation ? MaxMessagesWithCancellations : MaxMessages)
            && (isCancellation || bytes <= MaxBytes || count == 1);
        if (fits && _messages.Writer.TryWrite(message)) return true;
        Release(message);
        return false;
    }

    /// <summary>Waits until there is a message. False: the queue was closed and is empty.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _messages.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next message out; it counts against the bounds until it is released.</summary>
    public bool TryTake([MaybeNullWhen(false)] out OutgoingMessage message) => _messages.Reader.TryRead(out message);

    /// <summary>Makes its place free.</summary>
    public void Release(OutgoingMessage message)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -message.Length);
    }

    /// <summary>Takes no more in, and abandons what waits.</summary>
    public void Close()
    {
        _messages.Writer.TryComplete();
        while (TryTake(out var message))
        {
            message.TryAbandon();
            Release(message);
        }
    }
}
