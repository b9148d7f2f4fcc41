namespace McpRegistry.Core.Buffers;

/// <summary>
/// The one budget of the process for large messages on their way through. It is asked by whole buffers and only for those above
/// <see cref="FreeBytes"/>, so that usual calls never come here.
/// </summary>
/// <param name="limit">Bytes that may be taken at once (<see cref="BufferOptions.MaxBytes"/>).</param>
public sealed class ByteBudget(long limit)
{
    /// <summary>Buffers up to this size are not counted: a call of the usual size costs nothing here, and goes on when the budget is spent. 128 KiB.</summary>
    public const int FreeBytes = 128 * 1024;

    private long _taken;

    /// <summary>Bytes that are taken now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Takes bytes; false when there is no room for them, and none are taken.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit) return true;
        Give(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
