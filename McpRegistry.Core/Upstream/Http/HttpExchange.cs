using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Http.LegacySse;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>One POST of a request and the answer to it, be it a JSON body or a stream of events.</summary>
internal sealed class HttpExchange(McpEndpoint endpoint, IInstanceObserver observer, TimeProvider time, int maxResponseBytes, ByteBudget? budget = null)
{
    // Answers of one instance resemble each other; beginning with the size of the last spares growing the buffer.
    private int _expectedBytes = 4096;

    /// <summary>Sends a request. The body of the answer belongs to the caller.</summary>
    /// <param name="link">The handshake it belongs to. Null: it is the handshake.</param>
    /// <param name="id">Its JSON-RPC id.</param>
    /// <param name="request">The request.</param>
    /// <param name="hop">What this hop adds to it.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public ValueTask<HttpAnswer> SendAsync(HttpLink? link, long id, UpstreamRequest request, in HopMeta hop, CancellationToken cancellationToken)
    {
        HttpRequestMessage message;
        try { message = Compose(link, id, request, hop); }
        catch (Exception failure) when (SendFailures.IsExpected(failure)) { return ValueTask.FromResult(SendFailures.Classify(failure, mayHaveLeft: false, cancellationToken)); }
        return SendAsync(message, link, id, request, cancellationToken);
    }

    private async ValueTask<HttpAnswer> SendAsync(HttpRequestMessage message, HttpLink? link, long id, UpstreamRequest request, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            request.Leave();
            var first = await endpoint.StartAsync(message, cancellationToken);
            response = await endpoint.SettleAsync(message, first, cancellationToken);
            if (ResponseBody.IsEventStream(response)) return await ReadEventsAsync(response, link, id, request, cancellationToken);
            return await ReadBodyAsync(response, id, cancellationToken);
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure))
        {
            var mayHaveLeft = message.Content is PooledContent { MayHaveLeft: true };
            if (response is not null) await ResponseBody.AbortAsync(response);
            return SendFailures.Classify(failure, mayHaveLeft, cancellationToken);
        }
        finally
        {
            response?.Dispose();
            message.Dispose();
        }
    }

    /// <summary>Posts a message that wants no answer; the status, or null when it could not be delivered.</summary>
    public async Task<int?> PostAsync(HttpLink link, PooledBytes body, CancellationToken cancellationToken)
    {
        try
        {
            using var message = endpoint.Post(link, body);
            message.Headers.TryAddWithoutValidation("traceparent", ControlTrace.Parent);
            using var response = await endpoint.SendAsync(message, cancellationToken);
            return (int)response.StatusCode;
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure)) { return null; }
    }

    /// <summary>Answers a request of the server. We offer nothing but being there.</summary>
    public async Task AnswerServerAsync(HttpLink link, JsonRpcMessage request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await PostAsync(link, MessageComposer.AnswerTo(request), linked.Token);
    }

    private HttpRequestMessage Compose(HttpLink? link, long id, UpstreamRequest request, in HopMeta hop)
    {
        var trace = request.TraceParent ?? (request.IsOfRegistry ? ControlTrace.Parent : null);
        // In the modern era there is a _meta anyway; an old server is asked as plainly as can be.
        var told = request.IsOfRegistry && hop.Era == ProtocolEra.Modern ? hop with { TraceParent = trace } : hop;
        var message = endpoint.Post(link, JsonRpcText.Request(id, request.Method, request.Params, told));
        var headers = message.Headers;
        if (hop.Era == ProtocolEra.Modern)
        {
            if (link is null) headers.TryAddWithoutValidation("MCP-Protocol-Version", hop.ProtocolVersion);
            headers.TryAddWithoutValidation("Mcp-Method", HeaderText.Encode(request.Method));
            if (request.RoutingName is { } name) headers.TryAddWithoutValidation("Mcp-Name", HeaderText.Encode(name));
        }

        if (trace is not null) headers.TryAddWithoutValidation("traceparent", trace);
        if (request.TraceState is { } state) headers.TryAddWithoutValidation("tracestate", HeaderText.EncodeIfNeeded(state));
        if (request.Headers is not { } further) return message;
        for (var i = 0; i < further.Count; i++) headers.TryAddWithoutValidation(further[i].Key, HeaderText.EncodeIfNeeded(further[i].Value));
        return message;
    }

    private async ValueTask<HttpAnswer> ReadBodyAsync(HttpResponseMessage response, long id, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = await ResponseBody.ReadAsync(response, maxResponseBytes, _expectedBytes, budget, cancellationToken);
        if (body is null)
        {
            await ResponseBody.AbortAsync(response);
            return HttpAnswer.Lost(UpstreamOutcome.ResponseTooLarge, "the answer is larger than the limit", status);
        }

        Remember(body.Length);
        var (names, message) = AnswerReader.Read(body.Memory, id);
        if (message is null && body.TryMendText()) (names, message) = AnswerReader.Read(body.Memory, id);
        return new HttpAnswer
        {
            Status = status,
            Body = body,
            Message = message,
            Names = names,
            RetryAfter = status == 200 ? null : RetryAfterHeader.Read(response, time),
            Redirect = Redirects.Describe(response, endpoint.IsPathSecret),
            SessionId = SessionId(response),
        };
    }

    private async ValueTask<HttpAnswer> ReadEventsAsync(HttpResponseMessage response, HttpLink? link, long id, UpstreamRequest request, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(cancellationToken), maxResponseBytes, _expectedBytes, budget) { SignsOfLife = request.SignsOfLife };
        var listener = request.Listener;
        long passedOver = 0;
        var hasBeenHeard = false;
        byte[]? nobodys = null;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read == SseRead.End)
                return nobodys is null || hasBeenHeard ? HttpAnswer.Lost(UpstreamOutcome.SentButNoAnswer, "the event stream ended before the answer", status) : Nobodys(response, nobodys);
            if (read == SseRead.TooLarge || passedOver > maxResponseBytes)
            {
                await ResponseBody.AbortAsync(response);
                return HttpAnswer.Lost(UpstreamOutcome.ResponseTooLarge, "the answer is larger than the limit", status);
            }

            if (link is null && LegacySseChannel.IsEndpoint(reader))
            {
                await ResponseBody.AbortAsync(response);
                return HttpAnswer.Lost(UpstreamOutcome.ProtocolError, "it speaks HTTP+SSE", status) with { IsLegacySse = true };
            }

            if (!TryReadMessage(reader, out var message))
            {
                // Pings and the like are passed over; but when this was the answer, no other will come.
                passedOver += reader.Data.Length + reader.Type.Length;
                if (!reader.IsMessage) continue;
                var (named, inBatch) = MessageBatch.IsOne(reader.Data.Span) ? AnswerReader.Read(reader.Data, id) : (AnswerReader.NamedByBroken(reader.Data.Span, id), null);
                if (named != Addressee.Us) continue;
                if (inBatch is { } ours) return Answered(response, reader, ours);
                await ResponseBody.AbortAsync(response);
                return HttpAnswer.Lost(UpstreamOutcome.ProtocolError, "the answer is no valid JSON-RPC", status);
            }

            if (message.Kind == JsonRpcKind.Notification)
            {
                hasBeenHeard = true;
                listener = await NotifyAsync(listener, message);
            }
            else if (message.Kind == JsonRpcKind.Request && link is not null) await AnswerServerAsync(link, message, cancellationToken);
            else if (message.Kind == JsonRpcKind.Response)
            {
                var names = AnswerReader.NamedBy(message, id);
                // An error that names nobody is about something else where the answer comes behind it.
                if (names == Addressee.Nobody && message.Bytes.Length <= ByteBudget.FreeBytes) nobodys ??= message.Bytes.ToArray();
                if (names == Addressee.Us) return Answered(response, reader, message.Response);
            }
        }
    }

    private HttpAnswer Answered(HttpResponseMessage response, SseReader reader, JsonRpcResponse answer)
    {
        var body = reader.Detach(out var data);
        Remember(body.Length);
        return new HttpAnswer { Status = (int)response.StatusCode, Body = body, Message = answer.Behind(data.Start), Names = Addressee.Us, SessionId = SessionId(response) };
    }

    private HttpAnswer Nobodys(HttpResponseMessage response, byte[] message)
    {
        var body = new PooledBytes(message.Length);
        body.Write(message);
        return new HttpAnswer
        {
            Status = (int)response.StatusCode,
            Body = body,
            Message = JsonRpcMessage.Read(body.Memory, JsonRpcMessage.MaxUpstreamDepth).Response,
            Names = Addressee.Nobody,
            RetryAfter = RetryAfterHeader.Read(response, time),
            SessionId = SessionId(response),
        };
    }

    /// <summary>Reads the message that an event carries. False: it carries none.</summary>
    public static bool TryReadMessage(SseReader reader, [NotNullWhen(true)] out JsonRpcMessage? message)
    {
        message = null;
        // What opens a resumable stream is an event with an id and nothing else.
        if (!reader.IsMessage || reader.Data.IsEmpty) return false;
        try { message = JsonRpcMessage.Read(reader.Data, JsonRpcMessage.MaxUpstreamDepth); }
        catch (MalformedJsonException) when (reader.TryMendData()) { return TryReadMessage(reader, out message); }
        catch (JsonException) { return false; }
        return true;
    }

    // Progress and log messages belong to the request; anything else on its stream is news of the instance.
    private async ValueTask<IRequestListener?> NotifyAsync(IRequestListener? listener, JsonRpcMessage message)
    {
        if (message.Method is not ("notifications/progress" or "notifications/message"))
        {
            // The acknowledgement of a subscription is part of asking for it.
            if (message.Method == "notifications/subscriptions/acknowledged") observer.Subscribed();
            else observer.Notified(message.Method, message.Bytes);
            return listener;
        }

        if (listener is null) return null;
        try
        {
            await listener.NotifiedAsync(message.Method, message.Bytes);
            return listener;
        }
        // A client that went away is no failure of the upstream; its answer is still wanted (the caller's token says if not).
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException) { return null; }
    }

    private void Remember(int bytes) => _expectedBytes = Math.Clamp(bytes, 1024, 128 * 1024);

    private static string? SessionId(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Mcp-Session-Id", out var values) ? values.ToString() : null;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
}
