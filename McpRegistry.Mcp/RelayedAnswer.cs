using System.Buffers;

using McpRegistry.Mcp.Clients;

using Microsoft.AspNetCore.Http.Features;

namespace McpRegistry.Mcp;

/// <summary>The answer of another replica on its way to the client, piece by piece as it comes.</summary>
internal sealed class RelayedAnswer(HttpResponseMessage answer, HttpResponse response, ClientWriter clients)
{
    private const int PieceBytes = 16 * 1024;

    private readonly bool _isEvents = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";

    // Where a stream of events may be added to: after the blank line that ends one, or before any.
    private bool _isBetweenEvents = true;
    private bool _endsLine;

    public bool HasStarted { get; private set; }

    /// <summary>True when something of our own can still be added.</summary>
    public bool TakesEvents => _isEvents && _isBetweenEvents;

    /// <summary>Copies it.</summary>
    /// <returns>False: the other replica broke off. True also when the client is gone, or was cut because it does not read.</returns>
    public async Task<bool> CopyAsync(CancellationToken cancellationToken)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            // A client that listens waits for the headers, not for the first event.
            if (_isEvents)
            {
                await StartAsync(cancellationToken);
                if (!await clients.FlushAsync(response, 0)) return true;
            }

            while (true)
            {
                int read;
                try { read = await body.ReadAsync(piece, cancellationToken); }
                catch (Exception broken) when (broken is IOException or HttpRequestException) { return false; }
                if (!HasStarted) await StartAsync(cancellationToken);
                if (read == 0) return true;
                if (_isEvents) NoteEnd(piece.AsSpan(0, read));
                response.BodyWriter.Write(piece.AsSpan(0, read));
                if (!await clients.FlushAsync(response, read)) return true;
            }
        }
        finally { ArrayPool<byte>.Shared.Return(piece); }
    }

    private Task StartAsync(CancellationToken cancellationToken)
    {
        HasStarted = true;
        response.StatusCode = (int)answer.StatusCode;
        RelayHeaders.Copy(answer, response);
        if (_isEvents) response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return response.StartAsync(cancellationToken);
    }

    private void NoteEnd(ReadOnlySpan<byte> piece)
    {
        foreach (var one in piece[^Math.Min(2, piece.Length)..])
        {
            _isBetweenEvents = one == '\n' && _endsLine;
            _endsLine = one == '\n';
        }
    }
}
