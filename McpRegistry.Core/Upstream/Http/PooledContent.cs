using System.Net;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>A request body in one pooled buffer, written at once. Knows whether any of it may have left the process.</summary>
internal sealed class PooledContent(PooledBytes body) : HttpContent
{
    private volatile State _state;
    private volatile bool _isLeft;

    /// <summary>
    /// True when bytes of the request may have reached the upstream. The handler asks for the content only after it has
    /// a connection, and never resends a content it has begun to send.
    /// </summary>
    public bool MayHaveLeft => _state != State.Untouched;

    /// <summary>The upstream said that it did nothing with the request, which may be sent once more.</summary>
    public void TakeBack()
    {
        _isLeft |= _state == State.Writing;
        _state = State.Untouched;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _state = State.Writing;
        var write = stream.WriteAsync(body.Memory, cancellationToken);
        if (!write.IsCompletedSuccessfully) return FinishAsync(write);
        write.GetAwaiter().GetResult();
        _state = State.Written;
        return Task.CompletedTask;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        // HTTP/2 may answer while the body is still being sent; that buffer is left to the collector, never to the pool.
        if (disposing && !_isLeft && _state != State.Writing) body.Dispose();
        base.Dispose(disposing);
    }

    private async Task FinishAsync(ValueTask write)
    {
        try { await write; }
        finally { _state = State.Written; }
    }

    private enum State
    {
        Untouched,
        Writing,
        Written,
    }
}
