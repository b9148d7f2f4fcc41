using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>A message on its way out. Exactly one of sending and abandoning it wins, which is what tells P0 from P1.</summary>
/// <param name="bytes">The message.</param>
/// <param name="traceParent">The trace context that goes beside it where there is room beside it. Null: none.</param>
internal sealed class OutgoingMessage(PooledBytes bytes, string? traceParent = null)
{
    private const int Queued = 0;
    private const int Sent = 1;
    private const int Abandoned = 2;

    private int _state;

    public PooledBytes Bytes { get; } = bytes;

    public string? TraceParent => traceParent;

    /// <summary>Its size, also after its bytes were given back.</summary>
    public int Length { get; } = bytes.Length;

    /// <summary>Claims it for writing: from here on it may have been executed. False: it was abandoned.</summary>
    public bool TryBeginSending() => Interlocked.CompareExchange(ref _state, Sent, Queued) == Queued;

    /// <summary>Takes it back and frees its bytes. False: it is being written or was.</summary>
    public bool TryAbandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Queued) != Queued) return false;
        Bytes.Dispose();
        return true;
    }
}
