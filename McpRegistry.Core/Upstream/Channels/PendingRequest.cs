using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>A request that waits for its answer. Whoever takes it out of the table of pending requests completes it.</summary>
internal sealed class PendingRequest(long id, string method, OutgoingMessage message, IRequestListener? listener, ILogger logger)
{
    private readonly TaskCompletionSource<UpstreamReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Id { get; } = id;

    public OutgoingMessage Message { get; } = message;

    /// <summary>Where its progress goes; null when nobody listens.</summary>
    public ProgressRelay? Progress { get; } = listener is null ? null : new ProgressRelay(listener, logger);

    /// <summary>The handshake is never cancelled on the wire: MCP forbids it for <c>initialize</c>, and old servers know nothing of the question.</summary>
    public bool IsHandshake { get; } = method is "initialize" or "server/discover";

    /// <summary>A subscription is answered when it ends; no answer that comes meanwhile can be its own.</summary>
    public bool IsSubscription { get; } = method == ListChangeSubscription.Method;

    public Task<UpstreamReply> Reply => _reply.Task;

    public void Complete(UpstreamReply reply) => _reply.SetResult(reply);

    /// <summary>Completes it for a channel that is gone.</summary>
    public void CompleteLost(UpstreamOutcome outcome, string reason) => Complete(Message.TryAbandon()
        ? UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, reason)
        : UpstreamReply.Lost(outcome, reason));
}
