namespace McpRegistry.Core.Upstream;

/// <summary>One connection to one instance: what turns a request into bytes on the wire and back.</summary>
public interface IInstanceClient : IAsyncDisposable
{
    /// <summary>What the handshake told; null while not connected. Stays while a stateless HTTP instance is briefly away.</summary>
    InstanceConnection? Connection { get; }

    /// <summary>True while a call may be sent although there is no connection: it waits for one that can be had soon, or is told at once why there is none.</summary>
    bool ConnectsForCalls => false;

    /// <summary>Tells that somebody waits for a connection, so that a pause before the next attempt is cut as short as may be. Returns at once.</summary>
    void Hurry()
    {
    }

    /// <summary>Connects and shakes hands (or starts the child). Callers at the same time share one attempt; connected already: nothing happens.</summary>
    /// <exception cref="UpstreamException">It did not work; the message says why and may be shown to an operator.</exception>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Sends one request and waits for its answer. Does not throw for what an upstream can do wrong: see <see cref="UpstreamReply.Outcome"/>.</summary>
    /// <param name="request">The request; sent at most once.</param>
    /// <param name="cancellationToken">Ends the wait; the upstream is told. The reply is then <see cref="UpstreamOutcome.Cancelled"/>.</param>
    ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken);
}
