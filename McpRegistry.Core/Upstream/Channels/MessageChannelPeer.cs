using System.Collections.Concurrent;
using System.Text.Json;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>
/// One side of a JSON-RPC conversation over a duplex channel: gives requests ids of its own, brings answers and progress to
/// the request they belong to, and knows of every request whether it was written when the channel is lost.
/// </summary>
/// <param name="instance">What the log calls the other side.</param>
/// <param name="channel">The channel; its owner closes it.</param>
/// <param name="observer">Hears the notifications that belong to no request.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="junk">Counts what is no JSON-RPC; null: a tally of its own.</param>
internal sealed partial class MessageChannelPeer(
    string instance, IMessageChannel channel, IInstanceObserver observer, TimeProvider time, ILogger logger, JunkTally? junk = null) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    private readonly OutgoingQueue _outgoing = new();
    private readonly JunkTally _junk = junk ?? new JunkTally(instance, time, logger);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loops = Task.CompletedTask;
    private volatile string? _endReason;
    private long _lastId;
    private int _droppedAnswers;

    /// <summary>Ends with the reason when the channel is lost or closed. Never faults.</summary>
    public Task<string> Completion => _completion.Task;

    /// <summary>True from before the first pending request fails for it; <see cref="Completion"/> follows.</summary>
    public bool IsClosed => _endReason is not null;

    /// <summary>Answers to requests that are unknown, answered already or given up.</summary>
    public int DroppedAnswers => Volatile.Read(ref _droppedAnswers);

    /// <summary>Messages that were no JSON-RPC.</summary>
    public long JunkMessages => _junk.Total;

    /// <summary>True while something of ours is known to be unread by the other side.</summary>
    public bool HasUnread => !IsClosed && (!_outgoing.IsEmpty || channel.HasUnread);

    /// <summary>Begins to read and write.</summary>
    public void Start() => _loops = Task.WhenAll(Task.Run(ReceiveAllAsync), Task.Run(SendAllAsync));

    /// <summary>Sends a request and waits for its answer, see <see cref="IInstanceClient.SendAsync"/>.</summary>
    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, ProtocolEra era, string protocolVersion, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return UpstreamReply.Cancelled(wasSent: false);
        var id = Interlocked.Increment(ref _lastId);
        var trace = request.TraceParent ?? (request.IsOfRegistry ? ControlTrace.Parent : null);
        // Where nobody looks at traces a program is asked as plainly as can be.
        var isTold = request.TraceParent is not null || RegistryTelemetry.Source.HasListeners();
        var hop = new HopMeta(era, protocolVersion, request.Listener is null ? null : id, isTold ? trace : null, request.TraceState);
        var message = new OutgoingMessage(MessageComposer.Request(id, request, hop), trace);
        var pending = new PendingRequest(id, request.Method, message, request.Listener, logger);
        _pending[id] = pending;
        request.Leave();
        if (!_outgoing.TryAdd(message)) Refuse(pending);
        else if (_endReason is { } reason && _pending.TryRemove(id, out _)) pending.CompleteLost(UpstreamOutcome.SentButNoAnswer, reason);

        UpstreamReply reply;
        using (cancellationToken.UnsafeRegister(_ => Cancel(pending), null)) reply = await pending.Reply;
        if (pending.Progress is { } progress) await progress.FinishAsync(cancellationToken);
        return reply;
    }

    /// <summary>Sends a notification that says nothing but its name. A full queue drops it.</summary>
    public void Notify(ReadOnlySpan<byte> method) => Post(RegistryTelemetry.Source.HasListeners()
        ? MessageComposer.TracedNotification(method, ControlTrace.Parent)
        : MessageComposer.Notification(method));

    /// <summary>Ends the conversation: what is pending fails at once. Only the first call has an effect.</summary>
    public void Close(string reason) => Close(reason, oversizeAnswer: null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close("closed by the gateway");
        await _loops;
        _stop.Dispose();
    }

    private void Close(string reason, long? oversizeAnswer)
    {
        if (Interlocked.CompareExchange(ref _endReason, reason, null) is not null) return;
        foreach (var id in _pending.Keys)
        {
            if (!_pending.TryRemove(id, out var pending)) continue;
            pending.CompleteLost(id == oversizeAnswer ? UpstreamOutcome.ResponseTooLarge : UpstreamOutcome.SentButNoAnswer, reason);
        }

        _outgoing.Close();
        _stop.Cancel();
        _completion.TrySetResult(reason);
    }

    private void Refuse(PendingRequest pending)
    {
        if (!_pending.TryRemove(pending.Id, out _)) return;
        pending.Message.TryAbandon();
        pending.Complete(_endReason is { } reason
            ? UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, reason)
            : UpstreamReply.NotSent(UpstreamOutcome.Overloaded, "too much waits to be written"));
    }

    private void Cancel(PendingRequest pending)
    {
        if (!_pending.TryRemove(pending.Id, out _)) return;
        var wasSent = !pending.Message.TryAbandon();
        if (wasSent && !pending.IsHandshake) Post(MessageComposer.Cancelled(pending.Id), isCancellation: true);
        pending.Complete(UpstreamReply.Cancelled(wasSent));
    }

    private void Post(PooledBytes bytes, bool isCancellation = false)
    {
        var message = new OutgoingMessage(bytes);
        if (!_outgoing.TryAdd(message, isCancellation)) message.TryAbandon();
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (await _outgoing.WaitAsync(_stop.Token))
            {
                while (_outgoing.TryTake(out var message))
                {
                    if (message.TryBeginSending())
                    {
                        using (message.Bytes) await channel.SendAsync(message.Bytes, message.TraceParent, _stop.Token);
                    }

                    _outgoing.Release(message);
                }
            }
        }
        catch (Exception exception)
        {
            Lost(exception);
        }
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            while (true)
            {
                PooledBytes? message;
                try
                {
                    message = await channel.ReceiveAsync(_stop.Token);
                }
                catch (MessageTooLargeException tooLarge) when (tooLarge.IsPassedOver)
                {
                    if (PassOver(tooLarge)) continue;
                    Close(_junk.FloodReason, AnsweredBy(tooLarge));
                    return;
                }

                if (message is null) break;
                if (Handle(message)) continue;
                Close(_junk.FloodReason);
                return;
            }

            Close("the connection ended");
        }
        catch (MessageTooLargeException exception)
        {
            Close(exception.Message, AnsweredBy(exception));
        }
        catch (Exception exception)
        {
            Lost(exception);
        }
    }

    // The call it was for fails, if that can be told; where it cannot, that call ends by its own deadline. False: too much junk came.
    private bool PassOver(MessageTooLargeException tooLarge)
    {
        if (tooLarge is { Id: null, IsNoAnswer: false } && !_junk.Accepts([], tooLarge.Length)) return false;
        if (AnsweredBy(tooLarge) is { } id && _pending.TryRemove(id, out var pending)) pending.CompleteLost(tooLarge.Outcome, tooLarge.Message);
        return true;
    }

    private long? AnsweredBy(MessageTooLargeException tooLarge) => tooLarge.IsNoAnswer ? null : tooLarge.Id ?? OnlyRequest();

    // With a single request in flight there is no doubt whose answer came.
    private long? OnlyRequest()
    {
        var requests = _pending.Values.Where(pending => !pending.IsSubscription).Take(2).ToArray();
        return requests.Length == 1 ? requests[0].Id : null;
    }

    private void Lost(Exception exception)
    {
        if (IsClosed) return;
        ConnectionFailed(instance, exception);
        Close("the connection failed");
    }

    // Owns the message. False: too much junk came.
    private bool Handle(PooledBytes bytes)
    {
        if (MessageBatch.IsOne(bytes.Span))
        {
            using (bytes) return HandleBatch(bytes.Span);
        }

        if (!MayBeMessage(bytes.Span)) return HandleNoMessage(bytes);

        JsonRpcMessage message;
        try
        {
            message = JsonRpcMessage.Read(bytes.Memory, JsonRpcMessage.MaxUpstreamDepth);
        }
        catch (MalformedJsonException) when (bytes.TryMendText())
        {
            return Handle(bytes);
        }
        catch (JsonException)
        {
            using (bytes) return HandleJunk(bytes);
        }

        if (message.Kind == JsonRpcKind.Response)
        {
            Answer(message, bytes);
            return true;
        }

        if (message.Kind == JsonRpcKind.Notification && message.Method == "notifications/progress" && FindProgress(message) is { } progress)
        {
            progress.Post(message.Method, bytes);
            return true;
        }

        using (bytes)
        {
            if (message.Kind == JsonRpcKind.Request) Post(MessageComposer.AnswerTo(message));
            else if (message.Method != "notifications/progress") observer.Notified(message.Method, bytes.Memory);
        }

        return true;
    }

    private bool HandleBatch(ReadOnlySpan<byte> batch)
    {
        foreach (var place in MessageBatch.Split(batch))
        {
            var message = new PooledBytes(place.Length);
            message.Write(place.Of(batch));
            // None within another: no revision has that, and the depth would be the other side's to choose.
            if (message.Span is [(byte)'{', ..] ? Handle(message) : HandleNoMessage(message)) continue;
            return false;
        }

        return true;
    }

    private bool HandleNoMessage(PooledBytes bytes)
    {
        using (bytes) return _junk.Accepts(bytes.Span);
    }

    private void Answer(JsonRpcMessage message, PooledBytes bytes)
    {
        if (JsonRpcId.TryReadNumber(message.Id.Span, out var id) && _pending.TryRemove(id, out var pending))
        {
            pending.Complete(UpstreamReply.Answered(bytes, message.Response));
            return;
        }

        Interlocked.Increment(ref _droppedAnswers);
        bytes.Dispose();
    }

    private bool HandleJunk(PooledBytes bytes)
    {
        if (MessageSalvage.TryReadId(bytes.Span) is { } id && _pending.TryRemove(id, out var pending))
        {
            // Somebody's answer, however broken, is no junk.
            pending.Complete(UpstreamReply.Lost(UpstreamOutcome.ProtocolError, "the answer is no valid JSON-RPC"));
            return true;
        }

        return _junk.Accepts(bytes.Span);
    }

    // Mostly lines of a log; an exception for each would make a flood dear. A byte order mark may stand before an object.
    private static bool MayBeMessage(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var first && (bytes[first] is (byte)'{' or 0xEF);

    private ProgressRelay? FindProgress(JsonRpcMessage message) =>
        JsonRpcId.TryReadNumber(message.Params.Member("progressToken"u8).Span, out var token) && _pending.TryGetValue(token, out var pending)
            ? pending.Progress
            : null;
}
