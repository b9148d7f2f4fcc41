namespace McpRegistry.Core.Buffers;

/// <summary>
/// What one queue holds in bytes: never more than its own limit, and what is above its free part counts in the budget of the process.
/// Not for several threads at once.
/// </summary>
/// <param name="budget">The budget. Null: only the own limit counts.</param>
/// <param name="limit">The most it may hold, in bytes.</param>
public sealed class ByteAccount(ByteBudget? budget, int limit)
{
    // Many queues at once must not add up to what the budget is to keep away.
    private const int Free = 16 * 1024;

    private int _held;
    private int _taken;

    /// <summary>Takes bytes in; false when they are too many.</summary>
    public bool TryAdd(int bytes)
    {
        if (bytes > limit - _held) return false;
        var more = Math.Max(0, _held + bytes - Free) - _taken;
        if (more > 0)
        {
            if (budget is not null && !budget.TryTake(more)) return false;
            _taken += more;
        }

        _held += bytes;
        return true;
    }

    /// <summary>Lets bytes go.</summary>
    public void Remove(int bytes)
    {
        _held -= bytes;
        var less = _taken - Math.Max(0, _held - Free);
        if (less <= 0) return;
        _taken -= less;
        budget?.Give(less);
    }

    /// <summary>Lets everything go.</summary>
    public void Clear() => Remove(_held);
}
