using System.IO.Compression;
using System.IO.Pipelines;

namespace McpRegistry.Core.Upstream.Http.Coding;

/// <summary>Reads a coded body as it was before; what cannot be decoded is a broken answer like any other, and not a bug.</summary>
/// <param name="coded">What came.</param>
/// <param name="decoder">Reads it plain. Null: nothing can.</param>
/// <param name="fault">What to say of it where it cannot be read.</param>
internal sealed class DecodedStream(Stream coded, Stream? decoder, string fault) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The plain form of a body in this coding. Null: the coding is not known.</summary>
    public static async ValueTask<DecodedStream?> OfAsync(Stream coded, string coding, CancellationToken cancellationToken)
    {
        Stream? decoder = coding switch
        {
            "gzip" or "x-gzip" => new GZipStream(coded, CompressionMode.Decompress),
            "br" => new BrotliStream(coded, CompressionMode.Decompress),
            "deflate" => await InflateAsync(coded, cancellationToken),
            _ => null,
        };
        return decoder is null ? null : new DecodedStream(coded, decoder, $"a body that is no {coding} although it says so");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (decoder is null) throw new UndecodableBodyException(fault);
        try { return await decoder.ReadAsync(buffer, cancellationToken); }
        // The decoders of the framework do not agree on what a broken body is.
        catch (Exception broken) when (broken is InvalidDataException or (InvalidOperationException and not ObjectDisposedException)) { throw new UndecodableBodyException(fault, broken); }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) (decoder ?? coded).Dispose();
        base.Dispose(disposing);
    }

    // zlib by the rule (RFC 9110, 8.4.1.2), bare deflate with some servers: the first byte tells.
    private static async ValueTask<Stream> InflateAsync(Stream coded, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(coded);
        var begin = (await reader.ReadAsync(cancellationToken)).Buffer;
        var isZlib = !begin.IsEmpty && (begin.FirstSpan[0] & 0x0f) == ZlibMethod;
        reader.AdvanceTo(begin.Start);
        return isZlib ? new ZLibStream(reader.AsStream(), CompressionMode.Decompress) : new DeflateStream(reader.AsStream(), CompressionMode.Decompress);
    }

    private const int ZlibMethod = 8;
}

/// <summary>The body of an answer came in a form that cannot be read; the request was sent.</summary>
internal sealed class UndecodableBodyException(string fault, Exception? inner = null) : IOException($"the answer came in {fault}", inner);
