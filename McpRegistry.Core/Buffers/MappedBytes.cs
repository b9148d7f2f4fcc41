using System.Buffers;
using System.IO.MemoryMappedFiles;

using Microsoft.Win32.SafeHandles;

namespace McpRegistry.Core.Buffers;

/// <summary>
/// Memory of its own, outside of the collector's: a page of it exists from when something is written there, and all of it is gone at the
/// end. So a large message costs what it is, without copies of it while it grows and without garbage behind it.
/// </summary>
internal sealed unsafe class MappedBytes : MemoryManager<byte>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _length;
    private byte* _start;

    /// <summary>Makes one of this many bytes, none of which exists yet.</summary>
    public MappedBytes(int length)
    {
        _length = length;
        _file = MemoryMappedFile.CreateNew(null, length);
        _view = _file.CreateViewAccessor(0, length);
        View.AcquirePointer(ref _start);
    }

    private SafeMemoryMappedViewHandle View => _view.SafeMemoryMappedViewHandle;

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => _start is null ? throw new ObjectDisposedException(nameof(MappedBytes)) : new Span<byte>(_start, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex, pinnable: this);

    /// <inheritdoc/>
    public override void Unpin()
    {
        // It never moves.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || _start is null) return;
        _start = null;
        View.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
