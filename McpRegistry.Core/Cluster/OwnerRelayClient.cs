using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Cluster;

/// <summary>The client of a service that another replica runs. It reports an owner that takes nothing, since it may own nothing any more.</summary>
/// <param name="inner">The connection to the owner.</param>
/// <param name="doubt">Called when the owner did not take something.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnerRelayClient(IInstanceClient inner, Action doubt, TimeProvider time) : IInstanceClient
{
    // A new owner starts its child first, and calls wait for this connection: the watch's own pace would be too slow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    private volatile bool _isDisposed;

    public InstanceConnection? Connection => inner.Connection;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        for (var started = time.GetTimestamp(); ; await Task.Delay(BetweenTries, time, cancellationToken))
        {
            try
            {
                await inner.ConnectAsync(cancellationToken);
                return;
            }
            catch (UpstreamException) when (!_isDisposed && time.GetElapsedTime(started) < Patience) { doubt(); }
        }
    }

    public async ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var reply = await inner.SendAsync(request, cancellationToken);
        if (reply.Outcome is UpstreamOutcome.ConnectFailed or UpstreamOutcome.Refused or UpstreamOutcome.SentButNoAnswer) doubt();
        return reply;
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return inner.DisposeAsync();
    }
}
