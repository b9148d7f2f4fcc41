using McpRegistry.Core.Upstream.Channels;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http.LegacySse;

/// <summary>
/// An instance that speaks only HTTP+SSE (revision 2024-11-05): one event stream brings everything, messages go by POST to
/// the address it names. Connecting is never asked for twice at a time.
/// </summary>
internal sealed partial class LegacySseClient(HttpInstance instance) : IInstanceClient
{
    private readonly ILogger _logger = instance.Logger;
    private volatile Session? _session;
    private Task _watching = Task.CompletedTask;

    public InstanceConnection? Connection => _session?.Connection;

    /// <summary>
    /// True when a handshake by POST was answered as servers do that wait for a GET: 400, 404 and 405 by the rule (MCP 2025-11-25,
    /// transports), the others by habit, unless what they say is MCP.
    /// </summary>
    public static bool MayBeBehind(HttpAnswer answer) =>
        answer.Status is 400 or 404 or 405 || (answer.Status is 406 or 410 or 415 or 422 or 500 or 501 && answer.Message is null);

    public Task ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(refusal: null, cancellationToken);

    /// <inheritdoc cref="ConnectAsync(CancellationToken)"/>
    /// <param name="refusal">The HTTP status by which a POST to the address was refused. Null: none was.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ConnectAsync(int? refusal, CancellationToken cancellationToken)
    {
        if (_session is not null) return;
        var channel = await LegacySseChannel.OpenAsync(instance, refusal, cancellationToken);
        var peer = new MessageChannelPeer(instance.Name, channel, instance.Observer, instance.Time, _logger);
        channel.Posts.Conversation = peer;
        try
        {
            peer.Start();
            var connection = await new ChannelHandshake(peer, instance.StartupTimeout, instance.Time).RunAsync(ProtocolEra.Legacy, cancellationToken);
            if (instance.Observer.RefusalOf(connection) is { } unwanted) throw new UpstreamException(unwanted) { IsOurOwn = true };
            var session = new Session(channel, peer, connection);
            _session = session;
            Connected(instance.Id.Service, instance.Id.Instance, connection.ProtocolVersion);
            instance.Observer.Connected(connection);
            _watching = WatchAsync(session);
        }
        catch
        {
            await peer.DisposeAsync();
            channel.Dispose();
            throw;
        }
    }

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) =>
        _session is { } session
            ? session.Peer.SendAsync(request, session.Connection.Era, session.Connection.ProtocolVersion, cancellationToken)
            : ValueTask.FromResult(UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, "not connected"));

    public async ValueTask DisposeAsync()
    {
        _session?.Peer.Close("closed by the gateway");
        await _watching;
    }

    private async Task WatchAsync(Session session)
    {
        var reason = await session.Peer.Completion;
        _session = null;
        await session.Peer.DisposeAsync();
        session.Channel.Dispose();
        Disconnected(instance.Id.Service, instance.Id.Instance, reason);
        instance.Observer.Disconnected(reason);
    }

    private sealed record Session(LegacySseChannel Channel, MessageChannelPeer Peer, InstanceConnection Connection);
}
