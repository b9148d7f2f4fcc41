using System.Text;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Core.Upstream.Http.LegacySse;

/// <summary>The two halves of HTTP+SSE as one channel: events come in, POSTs go out side by side.</summary>
internal sealed class LegacySseChannel : IMessageChannel, IDisposable
{
    private readonly HttpInstance _instance;
    private readonly HttpResponseMessage _response;
    private readonly SseReader _reader;

    private LegacySseChannel(HttpInstance instance, HttpResponseMessage response, SseReader reader, Uri postAddress)
    {
        _instance = instance;
        _response = response;
        _reader = reader;
        Posts = new LegacySsePosts(new McpEndpoint(postAddress, instance.Egress, instance.Credentials, instance.IsPathSecret), instance);
    }

    /// <summary>The messages on their way out.</summary>
    public LegacySsePosts Posts { get; }

    /// <summary>True for the event by which the stream of an HTTP+SSE server begins.</summary>
    public static bool IsEndpoint(SseReader reader) => reader.Type.SequenceEqual("endpoint"u8);

    /// <summary>Opens the event stream and reads where to post.</summary>
    /// <param name="instance">Where.</param>
    /// <param name="refusal">The HTTP status by which a POST there was refused. Null: none was.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpstreamException">It is no HTTP+SSE server, or names another origin.</exception>
    public static async Task<LegacySseChannel> OpenAsync(HttpInstance instance, int? refusal, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        SseReader? reader = null;
        try
        {
            var endpoint = new McpEndpoint(instance.Address, instance.Egress, instance.Credentials, instance.IsPathSecret);
            using var request = endpoint.Create(HttpMethod.Get, null, "text/event-stream");
            request.Headers.TryAddWithoutValidation("traceparent", ControlTrace.Unrecorded());
            response = await endpoint.SendAsync(request, cancellationToken);
            ThrowIfNoStream(instance, response, refusal);
            reader = new SseReader(await response.Content.ReadAsStreamAsync(cancellationToken), instance.MaxResponseBytes, budget: instance.Budget);
            await FindEndpointAsync(reader, cancellationToken);
            // Redirects may have led elsewhere within the origin; its address counts from there.
            return new LegacySseChannel(instance, response, reader, PostAddress(request.RequestUri!, reader.Data.Span));
        }
        catch (Exception failure)
        {
            reader?.Dispose();
            if (response is not null) await ResponseBody.AbortAsync(response);
            cancellationToken.ThrowIfCancellationRequested();
            if (SendFailures.IsExpected(failure)) throw new UpstreamException(SendFailures.Describe(failure), failure) { IsOurOwn = SendFailures.IsOurOwn(failure) };
            throw;
        }
    }

    public async ValueTask SendAsync(PooledBytes message, string? traceParent, CancellationToken cancellationToken)
    {
        var copy = new PooledBytes(message.Length);
        copy.Write(message.Span);
        // Nothing may overtake the end of the handshake; everything else waits for nobody.
        var isHandshake = copy.Span.IndexOf("\"method\":\"notifications/initialized\""u8) >= 0 && LegacySsePosts.RequestIdOf(copy.Span) is null;
        var post = Posts.PostAsync(copy, traceParent);
        if (isHandshake) await post.WaitAsync(cancellationToken);
    }

    public async ValueTask<PooledBytes?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            if (read == SseRead.End) return null;
            if (read == SseRead.TooLarge) throw new MessageTooLargeException(_instance.MaxResponseBytes, null);
            if (!_reader.Type.IsEmpty && !_reader.Type.SequenceEqual("message"u8)) continue;
            var message = new PooledBytes(_reader.Data.Length, _instance.Budget);
            message.Write(_reader.Data.Span);
            return message;
        }
    }

    public void Dispose()
    {
        Posts.Dispose();
        _reader.Dispose();
        _response.Dispose();
    }

    private static void ThrowIfNoStream(HttpInstance instance, HttpResponseMessage response, int? refusal)
    {
        var status = (int)response.StatusCode;
        if (status is 401 or 403 or 429) throw UpstreamException.Refused(status);
        if (response.IsSuccessStatusCode && ResponseBody.IsEventStream(response)) return;
        var toPost = refusal is null ? "" : $" (a POST is answered HTTP {refusal})";
        throw new UpstreamException(Redirects.Describe(response, instance.IsPathSecret) ?? $"it speaks neither Streamable HTTP{toPost} nor HTTP+SSE (a GET is answered HTTP {status})");
    }

    private static async Task FindEndpointAsync(SseReader reader, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostEventsBefore; i++)
        {
            if (await reader.ReadAsync(cancellationToken) != SseRead.Event) break;
            if (IsEndpoint(reader)) return;
        }

        throw new UpstreamException("its event stream does not begin with an endpoint");
    }

    // Our credentials go with every POST, so it must not lead to anyone else.
    private static Uri PostAddress(Uri address, ReadOnlySpan<byte> endpoint)
    {
        if (!Uri.TryCreate(address, Encoding.UTF8.GetString(endpoint).Trim(), out var target) || Uri.Compare(address, target, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
            throw new UpstreamException("its endpoint is on another origin");
        return target;
    }

    // Pings and the like come first with some.
    private const int MostEventsBefore = 16;
}
