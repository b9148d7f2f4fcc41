namespace McpRegistry.Core.Buffers;

/// <summary>
/// The one budget of the process for large messages on their way through. It is asked by whole buffers and only for those above
/// <see cref="FreeBytes"/>, so that usual calls never come here.
/// </summary>
public sealed class ByteBudget
{
    /// <summary>Buffers up to this size are not counted: a call of the usual size costs nothing here, and goes on when the budget is spent. 128 KiB.</summary>
    public const int FreeBytes = 128 * 1024;

    private readonly ByteBudget? _whole;
    private readonly long _limit;
    private long _taken;

    /// <summary>Makes the budget of a process.</summary>
    /// <param name="limit">Bytes that may be taken at once (<see cref="BufferOptions.MaxBytes"/>).</param>
    public ByteBudget(long limit)
    {
        _limit = limit;
        Requests = new ByteBudget(limit / 2, this);
    }

    private ByteBudget(long limit, ByteBudget whole)
    {
        _limit = limit;
        _whole = whole;
        Requests = this;
    }

    /// <summary>The half of it that requests of clients may take: whoever sends them slowly leaves the other half for answers.</summary>
    public ByteBudget Requests { get; }

    /// <summary>Bytes that are taken now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>There was no room for something; whoever can let go of what only waits is to do so. Called on the thread of who found none.</summary>
    public event Action? Pressed;

    /// <summary>Takes bytes; false when there is no room for them, and none are taken.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= _limit && (_whole is null || _whole.TryTake(bytes))) return true;
        Interlocked.Add(ref _taken, -bytes);
        Pressed?.Invoke();
        return false;
    }

    /// <summary>Takes bytes that are there already, whether there is room or not.</summary>
    public void Count(long bytes)
    {
        Interlocked.Add(ref _taken, bytes);
        _whole?.Count(bytes);
    }

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        _whole?.Give(bytes);
    }
}
