using System.Buffers.Text;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;

namespace McpRegistry.Core.Upstream.Http.LegacySse;

/// <summary>
/// Posts messages, each by itself: what becomes of one concerns its own request only. A server may answer a POST at once, when
/// the tool has ended, or with the answer itself; how long that may take is the call's to say.
/// </summary>
internal sealed partial class LegacySsePosts(McpEndpoint endpoint, HttpInstance instance) : IDisposable
{
    private static readonly TimeSpan NoticeTimeout = TimeSpan.FromSeconds(5);

    // How long a POST may stay open after its request has its answer, and an answer may come after its POST broke.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // How long after a refused POST the stream may still speak of its request: by then a server that executed it all the same has said so.
    private static readonly TimeSpan RefusalGrace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closed = new();

    /// <summary>The conversation that the messages are of; set before anything is posted.</summary>
    public MessageChannelPeer Conversation { get; set; } = null!;

    /// <summary>Posts a message, which it owns. Does not throw; ends when the POST has its answer.</summary>
    /// <param name="message">The message.</param>
    /// <param name="traceParent">The trace context of the call it is for. Null: it is for none.</param>
    public async Task PostAsync(PooledBytes message, string? traceParent)
    {
        var id = RequestIdOf(message.Span);
        var settled = id is { } own ? Conversation.WhenSettledAsync(own) : Task.CompletedTask;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        var ending = EndAfterAsync(settled, id is null ? NoticeTimeout : Grace, end);
        try { await ExchangeAsync(id, message, traceParent, end.Token); }
        finally
        {
            await end.CancelAsync();
            await ending;
        }
    }

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <summary>The id of a request of ours: <c>{"jsonrpc":"2.0","id":7,"method":…</c>. Null: it is a notification, or an answer to the server.</summary>
    public static long? RequestIdOf(ReadOnlySpan<byte> message)
    {
        var start = "{\"jsonrpc\":\"2.0\",\"id\":"u8;
        if (!message.StartsWith(start) || !Utf8Parser.TryParse(message[start.Length..], out long id, out var length)) return null;
        return message[(start.Length + length)..].StartsWith(",\"method\""u8) ? id : null;
    }

    private async Task EndAfterAsync(Task settled, TimeSpan rest, CancellationTokenSource end)
    {
        try
        {
            await settled.WaitAsync(end.Token);
            await Task.Delay(rest, instance.Time, end.Token);
            await end.CancelAsync();
        }
        catch (OperationCanceledException) { }
    }

    private async Task ExchangeAsync(long? id, PooledBytes message, string? traceParent, CancellationToken cancellationToken)
    {
        PooledContent? content = null;
        HttpResponseMessage? response = null;
        try
        {
            using var request = endpoint.Post(null, message);
            request.Headers.TryAddWithoutValidation("traceparent", traceParent ?? ControlTrace.Unrecorded());
            content = (PooledContent)request.Content!;
            response = await endpoint.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is 401 or 403) endpoint.ForgetCredentials();
            if (id is { } own) await HearAsync(own, response, cancellationToken);
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure))
        {
            if (id is { } own) await FailAsync(own, failure, content is { MayHaveLeft: true }, cancellationToken);
        }
        catch (Exception defect)
        {
            PostFailed(instance.Logger, instance.Name, defect);
            if (id is { } own) Conversation.TrySettle(own, UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, "the client failed"));
        }
        finally
        {
            if (response is not null) await ResponseBody.AbortAsync(response);
        }
    }

    private async Task HearAsync(long id, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (await TryTakeAnswerAsync(id, response, cancellationToken)) return;
        // What is accepted is answered on the stream; so may be what a proxy between us had no more patience for.
        var status = (int)response.StatusCode;
        if (status is (>= 200 and < 300) or 504) return;
        // A status is no answer: what names the request on the stream is.
        await Task.WhenAny(Conversation.WhenSettledAsync(id), Task.Delay(RefusalGrace, instance.Time, cancellationToken));
        Conversation.TrySettle(id, Judge(status, Conversation.HasBeenHeardOf(id), response));
    }

    private UpstreamReply Judge(int status, bool isRunning, HttpResponseMessage response)
    {
        var detail = Redirects.Describe(response, instance.IsPathSecret) ?? $"HTTP {status}";
        return status switch
        {
            _ when isRunning => UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail),
            401 or 403 or 429 => UpstreamReply.RefusedWith(status, RetryAfterHeader.Read(response, instance.Time)),
            307 or 308 => UpstreamReply.NotSent(UpstreamOutcome.Refused, detail),
            >= 400 and < 500 and not 408 => UpstreamReply.NotSent(UpstreamOutcome.Refused, detail),
            _ => UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, detail),
        };
    }

    private async Task FailAsync(long id, Exception failure, bool mayHaveLeft, CancellationToken cancellationToken)
    {
        var answer = SendFailures.Classify(failure, mayHaveLeft, CancellationToken.None);
        if (answer.WasSent)
        {
            // The answer does not come this way; it may be on its way by the stream.
            await Task.Delay(Grace, instance.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Conversation.TrySettle(id, UpstreamReply.Lost(answer.Failure!.Value, answer.Detail!));
        }
        else Conversation.TrySettle(id, UpstreamReply.NotSent(answer.Failure!.Value, answer.Detail!));
    }

    private async Task<bool> TryTakeAnswerAsync(long id, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (ResponseBody.IsEventStream(response)) return await TryTakeEventAsync(id, response, cancellationToken);
        var isSuccess = response.IsSuccessStatusCode;
        var body = await ResponseBody.ReadAsync(response, instance.MaxResponseBytes, ExpectedBytes, instance.Budget, cancellationToken);
        if (body is null) return isSuccess && Conversation.TrySettle(id, UpstreamReply.Lost(UpstreamOutcome.ResponseTooLarge, "the answer is larger than the limit"));
        if ((AnswerTo(id, body.Memory, isSuccess) ?? (body.TryMendText() ? AnswerTo(id, body.Memory, isSuccess) : null)) is { } answer) return Conversation.TrySettle(id, UpstreamReply.Answered(body, answer));
        var isBroken = MessageSalvage.TryReadId(body.Span, isAnswer: true) == id;
        body.Dispose();
        return isBroken && Conversation.TrySettle(id, UpstreamReply.Lost(UpstreamOutcome.ProtocolError, "the answer is no valid JSON-RPC"));
    }

    private async Task<bool> TryTakeEventAsync(long id, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var reader = new SseReader(await response.Content.ReadAsStreamAsync(cancellationToken), instance.MaxResponseBytes, budget: instance.Budget);
        while (await reader.ReadAsync(cancellationToken) == SseRead.Event)
        {
            if (AnswerTo(id, reader.Data, response.IsSuccessStatusCode) is null) continue;
            var body = new PooledBytes(reader.Data.Length, instance.Budget);
            body.Write(reader.Data.Span);
            return Conversation.TrySettle(id, UpstreamReply.Answered(body, AnswerTo(id, body.Memory, response.IsSuccessStatusCode)!.Value));
        }

        return false;
    }

    // An error without an id is an answer only where the request was not refused by the status already.
    private static JsonRpcResponse? AnswerTo(long id, ReadOnlyMemory<byte> body, bool isSuccess)
    {
        var (names, answer) = AnswerReader.Read(body, id);
        return names == Addressee.Us || (names == Addressee.Nobody && isSuccess && answer is { Error.IsEmpty: false }) ? answer : null;
    }

    private const int ExpectedBytes = 1024;
}
