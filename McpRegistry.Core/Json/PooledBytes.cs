using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace McpRegistry.Core.Json;

/// <summary>A growing byte buffer from the shared pool. One owner; disposing gives the array back, and nothing may read it afterwards.</summary>
public sealed class PooledBytes(int initialCapacity = 4096) : IBufferWriter<byte>, IDisposable
{
    private byte[] _array = ArrayPool<byte>.Shared.Rent(initialCapacity);

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
        ArrayPool<byte>.Shared.Return(array);
    }

    private void EnsureFree(int count)
    {
        if (_array.Length - Length >= Math.Max(count, 1)) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), Math.Max(_array.Length * 2, 256)));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
