using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>The two halves of HTTP+SSE as one channel: events come in, POSTs go out.</summary>
internal sealed class LegacySseChannel : IMessageChannel, IDisposable
{
    private readonly HttpInstance _instance;
    private readonly HttpResponseMessage _response;
    private readonly SseReader _reader;
    private readonly McpEndpoint _postAddress;

    private LegacySseChannel(HttpInstance instance, HttpResponseMessage response, SseReader reader, Uri postAddress)
    {
        _instance = instance;
        _response = response;
        _reader = reader;
        _postAddress = new McpEndpoint(postAddress, instance.Invoker, instance.Credentials);
    }

    /// <summary>Opens the event stream and reads where to post.</summary>
    /// <exception cref="UpstreamException">It is no HTTP+SSE server, or names another origin.</exception>
    public static async Task<LegacySseChannel> OpenAsync(HttpInstance instance, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        SseReader? reader = null;
        try
        {
            using var request = new McpEndpoint(instance.Address, instance.Invoker, instance.Credentials).Create(HttpMethod.Get, null, "text/event-stream");
            response = await instance.Invoker.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode || !ResponseBody.IsEventStream(response)) throw new UpstreamException("it speaks neither Streamable HTTP nor HTTP+SSE");
            reader = new SseReader(await response.Content.ReadAsStreamAsync(cancellationToken), instance.MaxResponseBytes);
            if (await reader.ReadAsync(cancellationToken) != SseRead.Event || !reader.Type.SequenceEqual("endpoint"u8)) throw new UpstreamException("its event stream does not begin with an endpoint");
            return new LegacySseChannel(instance, response, reader, PostAddress(instance.Address, reader.Data.Span));
        }
        catch (Exception failure)
        {
            reader?.Dispose();
            if (response is not null) await ResponseBody.AbortAsync(response);
            cancellationToken.ThrowIfCancellationRequested();
            if (SendFailures.IsExpected(failure)) throw new UpstreamException(SendFailures.Describe(failure), failure);
            throw;
        }
    }

    public async ValueTask SendAsync(PooledBytes message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(PostTimeout, _instance.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var copy = new PooledBytes(message.Length);
        copy.Write(message.Span);
        using var request = _postAddress.Post(null, copy);
        using var response = await _postAddress.SendAsync(request, linked.Token);
        if (!response.IsSuccessStatusCode) throw new IOException($"A message was answered HTTP {(int)response.StatusCode}.");
    }

    public async ValueTask<PooledBytes?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            if (read == SseRead.End) return null;
            if (read == SseRead.TooLarge) throw new MessageTooLargeException(_instance.MaxResponseBytes, null);
            if (!_reader.Type.IsEmpty && !_reader.Type.SequenceEqual("message"u8)) continue;
            var message = new PooledBytes(_reader.Data.Length);
            message.Write(_reader.Data.Span);
            return message;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    // Our credentials go with every POST, so it must not lead to anyone else.
    private static Uri PostAddress(Uri address, ReadOnlySpan<byte> endpoint)
    {
        if (!Uri.TryCreate(address, Encoding.UTF8.GetString(endpoint), out var target) || Uri.Compare(address, target, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
            throw new UpstreamException("its endpoint is on another origin");
        return target;
    }

    private static readonly TimeSpan PostTimeout = TimeSpan.FromSeconds(30);
}
