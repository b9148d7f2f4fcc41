using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Finds out which era the server at the other side speaks, and shakes hands with it.</summary>
/// <param name="peer">The conversation, started.</param>
/// <param name="patience">How long a server of unknown era may be silent, once it read the question, before it is taken for an old one.</param>
/// <param name="time">The clock.</param>
internal sealed class ChannelHandshake(MessageChannelPeer peer, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan UnreadPoll = TimeSpan.FromMilliseconds(20);
    private static readonly UpstreamRequest Discover = new() { Method = "server/discover", Params = RequestParams.Empty, IsOfRegistry = true };

    /// <summary>Shakes hands, once for the life of the channel.</summary>
    /// <param name="known">The era, where it is known; it is then not asked for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="UpstreamException">The server ended, refused, or speaks nothing we know.</exception>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public async Task<InstanceConnection> RunAsync(ProtocolEra? known, CancellationToken cancellationToken)
    {
        var connection = known switch
        {
            ProtocolEra.Modern => await DiscoverAsync(cancellationToken),
            ProtocolEra.Legacy => await InitializeAsync(cancellationToken),
            _ => await AskAsync(cancellationToken),
        };
        cancellationToken.ThrowIfCancellationRequested();
        if (connection is not null) return connection;
        throw new UpstreamException(peer.IsClosed
            ? await peer.Completion
            : "the server refused the handshake or speaks no revision of MCP that is known here");
    }

    private async Task<InstanceConnection?> AskAsync(CancellationToken cancellationToken)
    {
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var discovery = DiscoverAsync(asking.Token);
        if (await AnswersInTimeAsync(discovery, cancellationToken))
        {
            if (await discovery is { } modern) return modern;
            return peer.IsClosed ? null : await InitializeAsync(cancellationToken);
        }

        // Silence may also be a slow start. The question stays open: whoever then refuses to initialize may still answer it.
        if (await InitializeAsync(cancellationToken) is { } legacy)
        {
            await asking.CancelAsync();
            return legacy;
        }

        if (!await AnswersInTimeAsync(discovery, cancellationToken)) await asking.CancelAsync();
        return await discovery;
    }

    private async Task<bool> AnswersInTimeAsync(Task discovery, CancellationToken cancellationToken)
    {
        // A server that is still starting is not silent.
        while (peer.HasUnread && !discovery.IsCompleted)
        {
            await Task.WhenAny(discovery, Task.Delay(UnreadPoll, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        try
        {
            await discovery.WaitAsync(patience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<InstanceConnection?> DiscoverAsync(CancellationToken cancellationToken)
    {
        var revision = KnownRevisions.Modern[0];
        while (true)
        {
            using var reply = await peer.SendAsync(Discover, ProtocolEra.Modern, revision, cancellationToken);
            if (HandshakeResults.OfferedInstead(reply) is not { } offered || offered == revision) return HandshakeResults.Discovered(reply);
            revision = offered;
        }
    }

    private async Task<InstanceConnection?> InitializeAsync(CancellationToken cancellationToken)
    {
        using var first = await peer.SendAsync(InitializeRequest.Newest, ProtocolEra.Legacy, KnownRevisions.Legacy[0], cancellationToken);
        var older = InitializeRequest.OlderOffered(first.Error);
        using var second = older is null ? null : await peer.SendAsync(InitializeRequest.For(older), ProtocolEra.Legacy, older, cancellationToken);
        var connection = HandshakeResults.Initialized(second ?? first);
        if (connection is not null) peer.Notify("notifications/initialized"u8);
        return connection;
    }
}
