namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>How the body of an answer ends.</summary>
internal enum BodyEnd
{
    Whole,
    Reset,
    Silence,
}

/// <summary>A body that comes in pieces and ends as it is told.</summary>
internal sealed class OddStream(byte[] bytes, BodyEnd end, int piece) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = Math.Min(Math.Min(buffer.Length, piece), bytes.Length - _at);
        if (length > 0)
        {
            bytes.AsSpan(_at, length).CopyTo(buffer.Span);
            _at += length;
            return length;
        }

        if (end == BodyEnd.Whole) return 0;
        if (end == BodyEnd.Reset) throw new HttpIOException(HttpRequestError.ResponseEnded);
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
