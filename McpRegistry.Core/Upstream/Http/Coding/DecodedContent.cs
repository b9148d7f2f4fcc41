using System.Net;

namespace McpRegistry.Core.Upstream.Http.Coding;

/// <summary>The body of an answer with its coding undone.</summary>
internal sealed class DecodedContent : HttpContent
{
    private readonly HttpContent _coded;
    private readonly string[] _codings;

    public DecodedContent(HttpContent coded, string[] codings)
    {
        _coded = coded;
        _codings = codings;
        foreach (var (name, values) in coded.Headers.NonValidated)
        {
            // They speak of the coded body.
            if (name is not ("Content-Encoding" or "Content-Length" or "Content-MD5")) Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        await ContentCoding.DecodeAsync(await _coded.ReadAsStreamAsync(cancellationToken), _codings, cancellationToken);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var plain = await CreateContentReadStreamAsync();
        await plain.CopyToAsync(stream);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _coded.Dispose();
    }
}
