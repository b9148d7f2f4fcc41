using System.Collections.Concurrent;
using System.Net;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.Json;
using McpRegistry.Mcp.Clients;
using McpRegistry.Mcp.Relay;

namespace McpRegistry.Mcp;

/// <summary>
/// Requests whose session another replica has are passed on to it. When that one is gone, the session is taken over and the
/// request is served here.
/// </summary>
internal sealed partial class SessionRelay(
    LegacySessions sessions, SessionAdoption adoption, IReplicaDirectory replicas, RelayWay way, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SessionRelay> log)
{
    private const int MaxAttempts = 3;

    // A forgotten entry costs one question to the store, so there is no need to be exact about them.
    private const int MaxFound = 10_000;

    // Where sessions are that are not here, as far as it was found out: with the replica that their id names, or another.
    private readonly ConcurrentDictionary<string, string> _found = new(StringComparer.Ordinal);

    private readonly UnknownSessions _unknown = new(time);

    /// <inheritdoc cref="ISessionSharing.ReachAsync"/>
    public async Task<LegacySession?> ReachAsync(AwayRequest request)
    {
        if (SessionId.ReplicaOf(request.Id) is not { } replica)
        {
            await request.RefuseUnknownAsync();
            return null;
        }

        if (request.IsRelayed) return await WaitForOwnAsync(request);
        var client = Client.Of(request.Http);
        if (!_unknown.MayAsk(client))
        {
            request.Http.Response.Headers.RetryAfter = "1";
            await request.RefuseAsync(StatusCodes.Status429TooManyRequests, McpErrors.Of(ErrorCode.RateLimited, "Too many requests name a session that nobody has."));
            return null;
        }

        if (_found.TryGetValue(request.Id, out var found)) replica = found;
        else
        {
            // Anybody can make up an id, and one that nobody has is to cost no other replica anything.
            var (isKnown, there) = await adoption.FindAsync(request.Id, request.Service, request.Caller);
            if (!isKnown)
            {
                _unknown.Note(client);
                await request.RefuseUnknownAsync();
                return null;
            }
            replica = there ?? replica;
        }

        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (replica != replicas.Self && replicas.AddressOf(replica) is { } address)
            {
                var passing = await PassOnAsync(request, replica, address, isLast: attempt == MaxAttempts);
                if (passing == Passing.Done)
                {
                    Remember(request.Id, replica);
                    return null;
                }
                if (passing == Passing.Lost) continue;
            }

            var place = await adoption.TakeAsync(request.Id, request.Service, request.Caller, replica, client);
            if (place.Replica is null || place.Replica == replicas.Self) return await SettleAsync(request, place);
            replica = place.Replica;
            Remember(request.Id, replica);
        }

        await request.FailAsync(request.LostError());
        return null;
    }

    // Whoever passed it on lost the race for the session against this replica, which may not have it in hand yet.
    private async Task<LegacySession?> WaitForOwnAsync(AwayRequest request)
    {
        var session = await adoption.PendingAsync(request.Id, request.Service, request.Caller) ?? sessions.Find(request.Id, request.Service, request.Caller);
        if (session is null) await request.RefuseAsync(StatusCodes.Status421MisdirectedRequest, SessionEndpoints.UnknownSession);
        return session;
    }

    private async Task<LegacySession?> SettleAsync(AwayRequest request, SessionPlace place)
    {
        _found.TryRemove(request.Id, out _);
        if (place.Session is not null) return place.Session;
        if (place.Replica is null)
        {
            _unknown.Note(Client.Of(request.Http));
            await request.RefuseUnknownAsync();
        }
        else await request.RefuseAsync(StatusCodes.Status503ServiceUnavailable, McpErrors.Of(ErrorCode.Overloaded, "Too many sessions are open."));
        return null;
    }

    private async Task<Passing> PassOnAsync(AwayRequest request, string replica, Uri address, bool isLast)
    {
        var http = request.Http;
        // A stream that stays open must not keep this process from ending; a call in flight may.
        using var end = request.IsListening ? CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping) : null;
        var cancellation = end?.Token ?? http.RequestAborted;
        try
        {
            await using var answer = await way.SendAsync(request, address, replica, cancellation);
            if (answer.Response is { } response)
            {
                if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MisdirectedRequest) return Passing.NotThere;
                var relayed = new RelayedAnswer(response, http.Response, request.Clients);
                if (await relayed.CopyAsync(cancellation)) return Passing.Done;
                if (relayed.HasStarted) return await BreakOffAsync(request, relayed);
            }
            else if (!answer.MayHaveArrived) return Passing.NotThere;

            LogLost(log, replica);
            if (request.MayRepeat && !isLast) return Passing.Lost;
            await request.FailAsync(request.LostError());
            return Passing.Done;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { return Passing.Done; }
    }

    // What the client has of the answer cannot be taken back: a stream of events gets an error as its last one, anything else is cut off.
    private static async Task<Passing> BreakOffAsync(AwayRequest request, RelayedAnswer relayed)
    {
        if (!relayed.TakesEvents) request.Http.Abort();
        else if (request.Message is { Kind: JsonRpcKind.Request } message)
        {
            var output = request.Http.Response.BodyWriter;
            SseWriter.WriteMessage(output, McpErrors.Message(request.LostError(), message.Id));
            await output.FlushAsync();
        }
        return Passing.Done;
    }

    private void Remember(string id, string replica)
    {
        if (_found.Count >= MaxFound) _found.Clear();
        _found[id] = replica;
    }

    private enum Passing
    {
        /// <summary>The client has its answer, or gave up.</summary>
        Done,

        /// <summary>Nothing was done: there is no such replica, or it does not have the session.</summary>
        NotThere,

        /// <summary>It was sent, no answer came, and it does no harm to do it again.</summary>
        Lost,
    }
}
