namespace McpRegistry.Core.Upstream.Channels;

/// <content>For channels that hear of a request by another way than the channel itself, as by the answer to the POST that carried it.</content>
internal sealed partial class MessageChannelPeer
{
    /// <summary>Ends when the request has its answer or was given up.</summary>
    public Task WhenSettledAsync(long id) => _pending.TryGetValue(id, out var pending) ? pending.Reply : Task.CompletedTask;

    /// <summary>Ends a request with this. False: it has its answer already or was given up, and the reply was disposed.</summary>
    public bool TrySettle(long id, UpstreamReply reply)
    {
        if (_pending.TryRemove(id, out var pending))
        {
            pending.Complete(reply);
            return true;
        }

        reply.Dispose();
        return false;
    }

    /// <summary>True when the other side told of the progress of a request: it is being executed.</summary>
    public bool HasBeenHeardOf(long id) => _pending.TryGetValue(id, out var pending) && pending.Progress is { HasHeard: true };
}
