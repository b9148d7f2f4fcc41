using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

using McpRegistry.Core.Buffers;

namespace McpRegistry.Core.Json;

/// <summary>A growing byte buffer from the shared pool. One owner; disposing gives the array back, and nothing may read it afterwards.</summary>
public sealed class PooledBytes : IBufferWriter<byte>, IDisposable
{
    // The pool keeps what it gets back, rounded up to powers of two; what is larger is made as large as it must be, and left to the collector.
    private const int LargestPooled = 1024 * 1024;

    private readonly ByteBudget? _budget;
    private readonly int _mostNeeded;
    private byte[] _array;
    private int _taken;

    /// <summary>Makes one that counts nowhere.</summary>
    /// <param name="initialCapacity">Bytes it begins with.</param>
    public PooledBytes(int initialCapacity = 4096) : this(initialCapacity, null)
    {
    }

    /// <summary>Makes one that counts in a budget once it is large.</summary>
    /// <param name="initialCapacity">Bytes it begins with.</param>
    /// <param name="budget">Where it counts. Null: nowhere.</param>
    /// <param name="mostNeeded">What it will hold at most if all is well; it does not grow beyond that by doubling. Default: not known.</param>
    /// <exception cref="NoRoomException">The budget has no room. Every method that makes it grow throws the same, and what it held is still there.</exception>
    public PooledBytes(int initialCapacity, ByteBudget? budget, int mostNeeded = int.MaxValue)
    {
        _budget = budget;
        _mostNeeded = mostNeeded;
        _array = Rent(initialCapacity);
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <inheritdoc cref="Memory"/>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    /// <summary>What was written as a segment of the pooled array, for streams and contents that want one.</summary>
    public ArraySegment<byte> Segment => new(_array, 0, Length);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return _array.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return _array.AsSpan(Length);
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        EnsureFree(bytes.Length);
        bytes.CopyTo(_array.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>
    /// Puts U+FFFD in place of bytes that are not UTF-8, which servers write that have another code page. False: there are none.
    /// </summary>
    public bool TryMendText()
    {
        if (Utf8.IsValid(Span)) return false;
        var mended = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Span));
        Clear();
        Write(mended);
        return true;
    }

    /// <summary>Forgets what was written and keeps the array.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        var array = _array;
        if (array.Length == 0) return;
        _array = [];
        Length = 0;
        Return(array, _taken);
        _taken = 0;
    }

    private void EnsureFree(int count)
    {
        if (_array.Length - Length >= Math.Max(count, 1)) return;
        var needed = checked(Length + Math.Max(count, 1));
        var doubled = Math.Max(Math.Min(_array.Length * 2L, Array.MaxLength), 256);
        var (array, taken) = (_array, _taken);
        var larger = Rent(Math.Max(needed, (int)Math.Min(doubled, _mostNeeded)));
        array.AsSpan(0, Length).CopyTo(larger);
        _array = larger;
        Return(array, taken);
    }

    // Both arrays count while one is copied into the other.
    private byte[] Rent(int size)
    {
        if (_budget is null || size <= ByteBudget.FreeBytes)
        {
            _taken = 0;
            return ArrayPool<byte>.Shared.Rent(size);
        }

        var counted = size <= LargestPooled ? (int)BitOperations.RoundUpToPowerOf2((uint)size) : size;
        if (!_budget.TryTake(counted)) throw new NoRoomException();
        _taken = counted;
        return size <= LargestPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
    }

    private void Return(byte[] array, int taken)
    {
        if (array.Length <= LargestPooled || _budget is null) ArrayPool<byte>.Shared.Return(array);
        if (taken > 0) _budget!.Give(taken);
    }
}
