using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

using McpRegistry.Core.Buffers;

namespace McpRegistry.Core.Json;

/// <summary>
/// A growing byte buffer from the shared pool. One owner; disposing gives the memory back, and nothing may read it afterwards.
/// One that counts in a budget and knows its limit leaves the pool when it grows large, for memory of its own.
/// </summary>
public sealed class PooledBytes : IBufferWriter<byte>, IDisposable
{
    private const int LargestPooled = 1024 * 1024;
    private const int Step = 1024 * 1024;
    private const int FirstMapping = 64 * 1024 * 1024;

    private readonly ByteBudget? _budget;
    private readonly int _limit;
    private byte[] _array;
    private MappedBytes? _mapped;
    private int _capacity;
    private long _taken;

    /// <summary>Makes one that counts nowhere.</summary>
    /// <param name="initialCapacity">Bytes it begins with.</param>
    public PooledBytes(int initialCapacity = 4096) : this(initialCapacity, null)
    {
    }

    /// <summary>Makes one that counts in a budget once it is large.</summary>
    /// <param name="initialCapacity">Bytes it begins with.</param>
    /// <param name="budget">Where it counts. Null: nowhere.</param>
    /// <param name="limit">What it will hold at most if all is well. Zero: not known.</param>
    /// <exception cref="NoRoomException">The budget has no room. Every method that makes it grow throws the same, and what it held is still there.</exception>
    public PooledBytes(int initialCapacity, ByteBudget? budget, int limit = 0)
    {
        _budget = budget;
        _limit = limit;
        _array = [];
        _array = Rent(initialCapacity);
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Memory => _mapped is null ? _array.AsMemory(0, Length) : MappedMemory(0, Length);

    /// <inheritdoc cref="Memory"/>
    public ReadOnlySpan<byte> Span => Written;

    /// <summary>What was written, to be changed in place.</summary>
    public Span<byte> Written => _mapped is null ? _array.AsSpan(0, Length) : MappedMemory(0, Length).Span;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _capacity - Length);
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return _mapped is null ? _array.AsMemory(Length) : MappedMemory(Length, _capacity);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return Free;
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        EnsureFree(bytes.Length);
        bytes.CopyTo(Free);
        Length += bytes.Length;
    }

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>
    /// Puts U+FFFD in place of bytes that are not UTF-8, which servers write that have another code page. False: there are none, or there
    /// is no room to do it.
    /// </summary>
    public bool TryMendText()
    {
        if (Utf8.IsValid(Span)) return false;
        // Text of two bytes for each, and the bytes again.
        var work = Length > ByteBudget.FreeBytes ? 5L * Length : 0;
        if (work > 0 && _budget?.TryTake(work) == false) return false;
        try
        {
            var mended = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Span));
            Clear();
            Write(mended);
            return true;
        }
        finally { if (work > 0) _budget?.Give(work); }
    }

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        var (array, mapped, taken) = (_array, _mapped, _taken);
        (_array, _mapped, _taken, _capacity, Length) = ([], null, 0, 0, 0);
        Return(array, mapped, taken);
    }

    private Span<byte> Free => _mapped is null ? _array.AsSpan(Length) : MappedMemory(Length, _capacity).Span;

    // Apart, so that what every message needs is short enough to be compiled into its caller.
    private Memory<byte> MappedMemory(int start, int end) => _mapped!.Memory[start..end];

    private void EnsureFree(int count)
    {
        if (_capacity - Length < Math.Max(count, 1)) Grow(checked(Length + Math.Max(count, 1)));
    }

    private void Grow(int needed)
    {
        if (_mapped is not null && needed <= _mapped.Memory.Length)
        {
            Extend(needed);
            return;
        }

        var (array, mapped, taken) = (_array, _mapped, _taken);
        var written = Span;
        if (_budget is not null && _limit > 0 && needed > LargestPooled) Map(needed);
        else _array = Rent(Math.Max(needed, (int)Math.Min(Math.Max(array.Length * 2L, 256), Array.MaxLength)));
        // Both count until the one is copied into the other.
        written.CopyTo(_mapped is null ? _array : _mapped.GetSpan());
        Return(array, mapped, taken);
    }

    private byte[] Rent(int size)
    {
        long taken = 0;
        if (_budget is not null && size > ByteBudget.FreeBytes && !_budget.TryTake(taken = BitOperations.RoundUpToPowerOf2((uint)size))) throw new NoRoomException();
        var array = ArrayPool<byte>.Shared.Rent(size);
        (_taken, _capacity) = (taken, array.Length);
        return array;
    }

    // What is mapped and not written to yet costs nothing, so only what is handed out for writing counts.
    private void Map(int needed)
    {
        var room = Math.Max(needed, Math.Min(_limit, Math.Max(FirstMapping, (int)Math.Min(needed * 2L, Array.MaxLength))));
        var capacity = (int)Math.Min(room, (long)needed + Step);
        if (!_budget!.TryTake(capacity)) throw new NoRoomException();
        try { _mapped = new MappedBytes(room); }
        catch
        {
            _budget.Give(capacity);
            throw;
        }

        (_array, _taken, _capacity) = ([], capacity, capacity);
    }

    private void Extend(int needed)
    {
        var capacity = (int)Math.Min(_mapped!.Memory.Length, (long)needed + Step);
        if (!_budget!.TryTake(capacity - _capacity)) throw new NoRoomException();
        _taken += capacity - _capacity;
        _capacity = capacity;
    }

    private void Return(byte[] array, MappedBytes? mapped, long taken)
    {
        if (array.Length > 0) ArrayPool<byte>.Shared.Return(array);
        ((IDisposable?)mapped)?.Dispose();
        if (taken > 0) _budget!.Give(taken);
    }
}
