using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream.Channels;
using McpRegistry.Core.Upstream.Http.LegacySse;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// An MCP instance over Streamable HTTP, in either era, found out once. Where the address speaks only HTTP+SSE, a client
/// for that takes over.
/// </summary>
internal sealed partial class StreamableHttpClient : IInstanceClient, IKeepsDiscretion
{
    private readonly HttpInstance _instance;
    private readonly McpEndpoint _endpoint;
    private readonly HttpExchange _exchange;
    private readonly HttpHandshake _handshake;
    private readonly NotificationStream _notifications;
    private readonly RequestIds _ids = new();
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private volatile HttpLink? _link;
    private volatile LegacySseClient? _fallback;
    private Task _connecting = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private CancellationTokenSource? _listeningUntil;
    private ProtocolEra? _era;
    private bool _isDisposed;

    public StreamableHttpClient(HttpInstance instance)
    {
        _instance = instance;
        _logger = instance.Logger;
        _endpoint = new McpEndpoint(instance.Address, instance.Egress, instance.Credentials, instance.IsPathSecret, instance.Stamp);
        _exchange = new HttpExchange(_endpoint, instance.Observer, instance.Time, instance.MaxResponseBytes, instance.Budget);
        _handshake = new HttpHandshake(_endpoint, _exchange, _ids, instance.Time);
        _notifications = new NotificationStream(_endpoint, _exchange, instance.Observer, _ids, instance.Time, instance.Random, _logger, instance.MaxResponseBytes, instance.Budget);
    }

    public InstanceConnection? Connection => _link is { } link ? link.Connection : _fallback?.Connection;

    public string? UnconnectedReason => _instance.Discretion is null ? null : Discretion.Unreachable;

    public Task ConnectAsync(CancellationToken cancellationToken) =>
        Connection is not null ? Task.CompletedTask : ShareHandshake(stale: null).WaitAsync(cancellationToken);

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        if (_link is { } link) return SendAsync(link, request, cancellationToken);
        return _fallback?.SendAsync(request, cancellationToken)
            ?? ValueTask.FromResult(NotConnected());
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        await _lifetime.CancelAsync();
        // A handshake that finishes just now has opened a session, which is ended below.
        await _connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listening;
        if (_fallback is { } fallback) await fallback.DisposeAsync();
        if (_link is { SessionId: not null } link) await EndSessionAsync(link);
        _link = null;
        _instance.Egress.Dispose();
        _listeningUntil?.Dispose();
        _lifetime.Dispose();
    }

    private async ValueTask<UpstreamReply> SendAsync(HttpLink link, UpstreamRequest request, CancellationToken cancellationToken)
    {
        for (var isSecond = false; ; isSecond = true)
        {
            if (link.IsDoubted)
            {
                if (await RenewAsync(ShareDoubt(link), cancellationToken) is { } broken) return broken;
                if (_link is not { } trusted) return NotConnected();
                link = trusted;
            }

            var id = _ids.Next();
            var hop = new HopMeta(link.Era, link.Connection.ProtocolVersion, request.Listener is null ? null : id, request.TraceParent, request.TraceState);
            var answer = await _exchange.SendAsync(link, id, request, hop, cancellationToken);
            if (answer.Status != 200 || !answer.Error.IsEmpty) NoticeTrouble(link, id, answer);
            var isLost = SessionDoubt.Weigh(request.Method, link, answer, isSecond);
            if (AnswerJudge.Judge(answer, link) is { } reply)
            {
                if (!isLost) return reply;
                reply.Dispose();
            }
            else if (isSecond) return LostAgain(answer.Status);

            if (await RenewAsync(ShareHandshake(link), cancellationToken) is { } failed) return failed;
            if (_link is not { } renewed) return NotConnected();
            link = renewed;
        }
    }

    // Null: there is a link now.
    private static async ValueTask<UpstreamReply?> RenewAsync(Task handshake, CancellationToken cancellationToken)
    {
        try { await handshake.WaitAsync(cancellationToken); }
        catch (UpstreamException failure) { return UpstreamReply.NotConnected(failure); }
        catch (OperationCanceledException) { return UpstreamReply.Cancelled(wasSent: false); }
        return null;
    }

    private static UpstreamReply NotConnected() => UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, "not connected");

    // It came to a session that was opened a moment ago, so it is no proof that nothing was executed.
    private static UpstreamReply LostAgain(int status) => UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, $"HTTP {status} to a session it has just opened");

    private void NoticeTrouble(HttpLink link, long id, HttpAnswer answer)
    {
        if (answer.Status is 401 or 403) _endpoint.ForgetCredentials();
        // The modern era cancels by closing the response, which has happened.
        if (answer is { Failure: UpstreamOutcome.Cancelled, WasSent: true } && link.Era == ProtocolEra.Legacy) _ = TellCancelledAsync(link, id);
        if (AnswerJudge.DeniesModern(answer, link) && Interlocked.CompareExchange(ref _link, null, link) == link) Drop("it does not take modern requests any more");
    }

    private async Task TellCancelledAsync(HttpLink link, long id)
    {
        using var limit = new CancellationTokenSource(FarewellTimeout, _instance.Time);
        await _exchange.PostAsync(link, MessageComposer.Cancelled(id), limit.Token);
    }

    // One handshake at a time; whoever saw the same stale link waits for the same new one.
    private Task ShareHandshake(HttpLink? stale)
    {
        lock (_gate)
        {
            if (_isDisposed) return Task.FromException(new UpstreamException("closed by the gateway"));
            if (!_connecting.IsCompleted) return _connecting;
            return ReferenceEquals(_link, stale) ? _connecting = ShakeHandsAsync(stale) : Task.CompletedTask;
        }
    }

    // Whoever comes while a session is in doubt waits for the same answer.
    private Task ShareDoubt(HttpLink doubted)
    {
        lock (_gate)
        {
            if (_isDisposed) return Task.FromException(new UpstreamException("closed by the gateway"));
            if (!_connecting.IsCompleted) return _connecting;
            return ReferenceEquals(_link, doubted) && doubted.IsDoubted ? _connecting = SettleAsync(doubted) : Task.CompletedTask;
        }
    }

    private async Task SettleAsync(HttpLink doubted)
    {
        // Leave the caller's lock first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (await SessionDoubt.IsLostAsync(_exchange, doubted, _ids.Next(), _instance.Time, _lifetime.Token)) await ShakeHandsAsync(doubted);
        else doubted.SettleDoubt();
    }

    private async Task ShakeHandsAsync(HttpLink? stale)
    {
        // Leave the caller's lock first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (stale is not null) SessionLost(_instance.Id.Service, _instance.Id.Instance);
        using var limit = new CancellationTokenSource(_instance.StartupTimeout, _instance.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_lifetime.Token, limit.Token);
        try
        {
            var link = await _handshake.RunAsync(_era, linked.Token);
            if (link is null) await FallBackAsync(linked.Token);
            else if (_instance.Observer.RefusalOf(link.Connection) is { } refusal) await RefuseAsync(link, refusal);
            else Adopt(link);
        }
        catch (Exception failure) when (failure is UpstreamException or OperationCanceledException)
        {
            // What it spoke before may be what it no longer speaks.
            if (stale is not null && Interlocked.CompareExchange(ref _link, null, stale) == stale) Drop("its session is gone and it opens no other");
            _era = null;
            var told = failure as UpstreamException ?? new UpstreamException("no handshake within the time allowed", failure);
            if (_instance.Discretion is { } discretion) told = discretion.Of(told);
            if (ReferenceEquals(told, failure)) throw;
            throw told;
        }
    }

    private void Adopt(HttpLink link)
    {
        _era = link.Era;
        _link = link;
        Connected(_instance.Id.Service, _instance.Id.Instance, link.Connection.ProtocolVersion);
        _instance.Observer.Connected(link.Connection);
        lock (_gate)
        {
            if (_isDisposed) return;
            _listeningUntil?.Cancel();
            _listeningUntil?.Dispose();
            _listeningUntil = CancellationTokenSource.CreateLinkedTokenSource(_lifetime.Token);
            _listening = _notifications.RunAsync(link, _listeningUntil.Token);
        }
    }

    private async Task RefuseAsync(HttpLink link, string reason)
    {
        if (link.SessionId is not null) await EndSessionAsync(link);
        throw new UpstreamException(reason) { IsOurOwn = true };
    }

    private async Task FallBackAsync(CancellationToken cancellationToken)
    {
        var fallback = _fallback ?? new LegacySseClient(_instance);
        _fallback = fallback;
        await fallback.ConnectAsync(_handshake.Refusal, cancellationToken);
    }

    private void Drop(string reason)
    {
        _era = null;
        Disconnected(_instance.Id.Service, _instance.Id.Instance, reason);
        _instance.Observer.Disconnected(reason);
    }

    private async Task EndSessionAsync(HttpLink link)
    {
        try
        {
            using var limit = new CancellationTokenSource(FarewellTimeout, _instance.Time);
            using var request = _endpoint.Create(HttpMethod.Delete, link, "application/json, text/event-stream");
            request.Headers.TryAddWithoutValidation("traceparent", ControlTrace.Parent);
            using var response = await _endpoint.SendAsync(request, limit.Token);
        }
        catch (Exception failure) when (SendFailures.IsExpected(failure)) { }
    }

    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(2);
}
