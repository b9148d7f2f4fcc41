using System.Text.Json;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Http.LegacySse;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Finds out what an instance speaks and shakes hands: modern first, then legacy (MCP 2026-07-28, versioning).</summary>
internal sealed class HttpHandshake(McpEndpoint endpoint, HttpExchange exchange, RequestIds ids, TimeProvider time)
{
    private static readonly UpstreamRequest Discover = new() { Method = "server/discover", Params = RequestParams.Empty, IsOfRegistry = true };

    /// <summary>The HTTP status by which the last handshake was told that the address speaks no Streamable HTTP. Null: it was not.</summary>
    public int? Refusal { get; private set; }

    /// <summary>Shakes hands. Null: the address speaks no Streamable HTTP; HTTP+SSE is left to try.</summary>
    /// <param name="known">The era of an earlier handshake, which holds for the instance's life. Null: find out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpstreamException">The instance cannot be reached or refused us.</exception>
    public async Task<HttpLink?> RunAsync(ProtocolEra? known, CancellationToken cancellationToken)
    {
        Refusal = null;
        if (known != ProtocolEra.Legacy && await TryModernAsync(cancellationToken) is { } modern) return modern;
        return await TryLegacyAsync(cancellationToken);
    }

    private async Task<HttpLink?> TryModernAsync(CancellationToken cancellationToken)
    {
        // Old servers may open a stream for a request they do not know and never answer on it.
        using var limit = new CancellationTokenSource(DiscoverTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        for (var revision = KnownRevisions.Modern[0]; ;)
        {
            var answer = await exchange.SendAsync(null, ids.Next(), Discover, new HopMeta(ProtocolEra.Modern, revision), linked.Token);
            using var body = answer.Body;
            cancellationToken.ThrowIfCancellationRequested();
            // Silence, or an end without an answer: what some old servers do to a request before initialize.
            if (answer is { Failure: not null, WasSent: true }) return null;
            ThrowIfUnreachable(answer);
            if (answer.Message is not { } message) return null;
            using var reply = UpstreamReply.Answered(answer.Body!, message);
            if (answer.Status == 200 && HandshakeResults.Discovered(reply) is { } connection) return new HttpLink(connection, null);
            if (JsonRpcErrors.CodeOf(answer.Error) is AnswerJudge.HeaderMismatch or AnswerJudge.MissingClientCapability) return Undisclosed(revision);
            if (HandshakeResults.OfferedInstead(reply) is not { } offered || offered == revision) return null;
            revision = offered;
        }
    }

    private async Task<HttpLink?> TryLegacyAsync(CancellationToken cancellationToken)
    {
        var answer = await InitializeAsync(cancellationToken);
        using var body = answer.Body;
        cancellationToken.ThrowIfCancellationRequested();
        if (answer.IsLegacySse) return null;
        ThrowIfUnreachable(answer);
        if (LegacySseClient.MayBeBehind(answer))
        {
            Refusal = answer.Status;
            return null;
        }

        if (answer.Status != 200 || answer.Message is not { } message) throw new UpstreamException($"initialize was answered HTTP {answer.Status} without MCP");
        using var reply = UpstreamReply.Answered(answer.Body!, message);
        if (HandshakeResults.Initialized(reply) is not { } connection) throw new UpstreamException("it refused initialize or speaks no revision of MCP that is known here");
        if (answer.SessionId is { } session && (session.Length == 0 || !HeaderText.IsPlain(session))) throw new UpstreamException("its session id cannot be sent in a header");
        var link = new HttpLink(connection with { IsStateful = answer.SessionId is not null }, answer.SessionId);
        await SayInitializedAsync(link, cancellationToken);
        return link;
    }

    private async ValueTask<HttpAnswer> InitializeAsync(CancellationToken cancellationToken)
    {
        var answer = await exchange.SendAsync(null, ids.Next(), InitializeRequest.Newest, new HopMeta(ProtocolEra.Legacy, KnownRevisions.Legacy[0]), cancellationToken);
        if (answer.Failure is not null || answer.Message is not { } message || InitializeRequest.OlderOffered(message.Error.Of(answer.Body!.Memory)) is not { } older) return answer;
        answer.Body.Dispose();
        return await exchange.SendAsync(null, ids.Next(), InitializeRequest.For(older), new HopMeta(ProtocolEra.Legacy, older), cancellationToken);
    }

    private async Task SayInitializedAsync(HttpLink link, CancellationToken cancellationToken)
    {
        var status = await exchange.PostAsync(link, MessageComposer.Notification("notifications/initialized"u8), cancellationToken);
        // Some servers refuse it for want of params, which it may have and need not.
        if (status is 400 or 422) status = await exchange.PostAsync(link, MessageComposer.Notification("notifications/initialized"u8, hasParams: true), cancellationToken);
        if (status is >= 200 and < 300) return;
        throw new UpstreamException(status is null ? "notifications/initialized could not be delivered" : $"it refused notifications/initialized (HTTP {status})");
    }

    private void ThrowIfUnreachable(HttpAnswer answer)
    {
        if (answer.Failure is not null) throw new UpstreamException(answer.Detail ?? "no answer in time") { IsOurOwn = answer.IsOurOwn };
        switch (answer.Status)
        {
            case 401 or 403:
                endpoint.ForgetCredentials();
                throw UpstreamException.Refused(answer.Status);
            case 429:
                throw UpstreamException.Refused(answer.Status);
            case >= 300 and < 400:
                throw new UpstreamException(answer.Redirect ?? $"it redirects elsewhere (HTTP {answer.Status}); redirects are not followed");
            case 502 or 503 or 504:
                throw new UpstreamException($"it is not ready (HTTP {answer.Status})");
        }
    }

    // It answered in the modern way without telling what it has; tools are what nearly every server has.
    private static HttpLink Undisclosed(string revision) => new(
        new InstanceConnection { Era = ProtocolEra.Modern, ProtocolVersion = revision, Capabilities = JsonElement.Parse("{\"tools\":{}}") }, null);

    private static readonly TimeSpan DiscoverTimeout = TimeSpan.FromSeconds(5);
}
