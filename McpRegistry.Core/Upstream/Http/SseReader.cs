using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>What a read of an event stream gave.</summary>
internal enum SseRead
{
    /// <summary>An event.</summary>
    Event,

    /// <summary>The stream ended; an event cut short is not given.</summary>
    End,

    /// <summary>The event is larger than the limit.</summary>
    TooLarge,
}

/// <summary>
/// Reads server-sent events (WHATWG HTML 9.2.6) as bytes: events are found in the buffer they were received in, so that
/// the usual event, one line of data, is never copied.
/// </summary>
internal sealed class SseReader(Stream stream, int maxEventBytes, int expectedBytes = 4096, ByteBudget? budget = null) : IDisposable
{
    private PooledBytes _buffer = new(expectedBytes, budget, (int)Math.Min((long)maxEventBytes + FramingRoom + 1, Array.MaxLength));
    private int _eventStart;
    private int _lineStart;
    private int _scanned;
    private int _dataStart;
    private int _dataEnd;
    private ByteRange _type;
    private PooledBytes? _mended;
    private bool _hasData;
    private bool _skipLineFeed;
    private bool _isFirstLine = true;
    private bool _hasRead;

    /// <summary>Is told when the stream goes on after its beginning, be it with a comment. Null: nobody.</summary>
    public ISignsOfLife? SignsOfLife { get; init; }

    /// <summary>The data of the event last read; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data => _mended?.Memory ?? _buffer.Memory[_dataStart.._dataEnd];

    /// <summary>The name of the event last read; empty when it has none.</summary>
    public ReadOnlySpan<byte> Type => _type.Of(_buffer.Span);

    /// <summary>True when the event last read is a <c>message</c>, which is what an event without a name is. Others are not meant for JSON-RPC.</summary>
    public bool IsMessage => _type.IsEmpty || Type.SequenceEqual("message"u8);

    /// <summary>Reads on to the next event that has data.</summary>
    /// <exception cref="NoRoomException">The budget has no room for an event that is large.</exception>
    public async ValueTask<SseRead> ReadAsync(CancellationToken cancellationToken)
    {
        BeginEvent();
        while (true)
        {
            if (TryParseEvent()) return _dataEnd - _dataStart > maxEventBytes ? SseRead.TooLarge : SseRead.Event;
            Compact();
            if (_buffer.Length > (long)maxEventBytes + FramingRoom) return SseRead.TooLarge;
            // An answer that comes in one piece has needed no patience.
            if (_hasRead) SignsOfLife?.Seen();
            var read = await stream.ReadAsync(_buffer.GetMemory(), cancellationToken);
            if (read == 0) return SseRead.End;
            _hasRead = true;
            _buffer.Advance(read);
        }
    }

    /// <summary>Puts U+FFFD in place of bytes of the data that are not UTF-8, as the standard wants it of all of a stream. False: there are none.</summary>
    public bool TryMendData()
    {
        if (_mended is not null) return false;
        var data = new PooledBytes(Data.Length, budget);
        data.Write(Data.Span);
        if (data.TryMendText())
        {
            _mended = data;
            return true;
        }

        data.Dispose();
        return false;
    }

    /// <summary>Gives the buffer of the event last read away, with the place of its data. Nothing can be read afterwards.</summary>
    public PooledBytes Detach(out ByteRange data)
    {
        if (_mended is { } mended)
        {
            data = new ByteRange(0, mended.Length);
            _mended = null;
            return mended;
        }

        data = new ByteRange(_dataStart, _dataEnd - _dataStart);
        var buffer = _buffer;
        _buffer = null!;
        return buffer;
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _mended?.Dispose();
    }

    private void BeginEvent()
    {
        _mended?.Dispose();
        _mended = null;
        _eventStart = _lineStart;
        _dataStart = _dataEnd = 0;
        _hasData = false;
        _type = default;
    }

    private bool TryParseEvent()
    {
        while (TryTakeLine(out var line))
        {
            if (line.Length > 0)
            {
                TakeField(line);
                continue;
            }

            if (_hasData) return true;
            BeginEvent();
        }

        return false;
    }

    // A line ends with \n, \r or \r\n. A \r at the end of what has come is an end already: the event must not wait for a
    // \n that may never come, so a \n that does follow is passed over later.
    private bool TryTakeLine(out ByteRange line)
    {
        var bytes = _buffer.Span;
        if (_skipLineFeed && _lineStart < bytes.Length)
        {
            _skipLineFeed = false;
            if (bytes[_lineStart] == (byte)'\n') _scanned = ++_lineStart;
        }

        var index = bytes[_scanned..].IndexOfAny((byte)'\n', (byte)'\r');
        if (index < 0)
        {
            _scanned = bytes.Length;
            line = default;
            return false;
        }

        var end = _scanned + index;
        line = new ByteRange(_lineStart, end - _lineStart);
        _skipLineFeed = bytes[end] == (byte)'\r';
        _lineStart = _scanned = end + 1;
        if (!_isFirstLine) return true;
        _isFirstLine = false;
        if (line.Of(bytes).StartsWith(ByteOrderMark)) line = new ByteRange(line.Start + ByteOrderMark.Length, line.Length - ByteOrderMark.Length);
        return true;
    }

    private void TakeField(ByteRange line)
    {
        var bytes = line.Of(_buffer.Span);
        var colon = bytes.IndexOf((byte)':');
        var name = colon < 0 ? bytes : bytes[..colon];
        var skip = colon < 0 ? bytes.Length : colon + 1;
        if (skip < bytes.Length && bytes[skip] == (byte)' ') skip++;
        var value = new ByteRange(line.Start + skip, line.Length - skip);
        if (name.SequenceEqual("data"u8)) AppendData(value);
        else if (name.SequenceEqual("event"u8)) _type = value;
    }

    // Lines of data are joined by \n in place: the "data:" between them leaves room for it.
    private void AppendData(ByteRange value)
    {
        if (!_hasData)
        {
            _hasData = true;
            _dataStart = value.Start;
            _dataEnd = value.Start + value.Length;
            return;
        }

        var bytes = _buffer.Written;
        bytes[_dataEnd++] = (byte)'\n';
        value.Of(bytes).CopyTo(bytes[_dataEnd..]);
        _dataEnd += value.Length;
    }

    // Events read before are dropped from the buffer when more must be received.
    private void Compact()
    {
        var shift = _eventStart;
        if (shift == 0) return;
        var rest = _buffer.Length - shift;
        var bytes = _buffer.Written;
        bytes[shift..].CopyTo(bytes);
        _buffer.Truncate(rest);
        _eventStart = 0;
        _lineStart -= shift;
        _scanned -= shift;
        if (_hasData)
        {
            _dataStart -= shift;
            _dataEnd -= shift;
        }

        if (!_type.IsEmpty) _type = _type with { Start = _type.Start - shift };
    }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    // Field names, ids and comments beside the data.
    private const int FramingRoom = 4096;
}
